/**
 * Practice for the day on which a signing key is lost: the same withdrawal, on a throw-away copy of the keys and
 * resources with nodes of its own in memory, timed until nothing anywhere trusts the key.
 *
 * Invariants
 *  (1) The real storage is only read. The copy has keys of its own, made for the drill; no real private key is opened.
 *  (2) The nodes hear of a change as late as nodes that poll for it.
 *  (3) Each step is observed from outside, by requests to each node, never concluded.
 */
import { decodeUnverified } from '@mintmark/jwt'
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import { drillMsMax, drillPollMs, jwkSetMaxAgeSeconds } from '../limits.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import type { Storage } from '../storage/storage.ts'
import { type DrillFleet, type DrillNode, startDrillFleet } from './drill-fleet.ts'
import { keyPhases, type SigningKeyState } from './key-schedule.ts'

/** What a drill needs. */
export interface CompromiseDrillOptions {
  /** The real one; it is only read. */
  readonly storage: Storage
  /** Which of its keys is taken for lost. */
  readonly kid: string
  readonly clock?: Clock
  readonly random?: RandomSource
}

/** How long after the command it was true on all nodes, in milliseconds; `undefined`: not within ten seconds. */
export interface DrillTimes {
  /** The key is in no JWK Set. */
  readonly withdrawnMs: number | undefined
  /** The revocation feed names it. */
  readonly announcedMs: number | undefined
  /** Tokens are signed with another key. Like the next, only for the key that signs. */
  readonly replacedMs: number | undefined
  /** A token that it signed introspects as inactive. */
  readonly inactiveMs: number | undefined
}

/** What came of a drill. */
export interface CompromiseDrill {
  readonly kid: string
  readonly state: SigningKeyState
  readonly nodes: number
  readonly times: DrillTimes
  /** When all of it was true everywhere; `undefined`: not within ten seconds. */
  readonly safeAfterMs: number | undefined
  /** For how long a resource server that does not follow the feed trusts the key at most, by its cached JWK Set. */
  readonly cachedForSeconds: number
}

/**
 * Runs the drill; takes about a second. Refuses `key_unknown`, and `key_withdrawn` for a key that nobody trusts any
 * more. Measures nodes in one process that do nothing else: how busy the real ones are is not in it.
 */
export async function drillKeyCompromise(
  options: CompromiseDrillOptions,
): Promise<Registered<CompromiseDrill>> {
  const { storage, kid, clock = systemClock, random = systemRandom } = options
  const session = await storage.open()
  const real = await session.readRegistry({ kind: 'none' }).finally(() => session.close())
  const phase = keyPhases(real.signingKeys, clock.wallMs()).find(({ key }) => key.kid === kid)
  if (phase === undefined) return notRegistered('key_unknown', kid)
  const { state } = phase
  if (state === 'compromised' || state === 'retired') return notRegistered('key_withdrawn', kid)
  const fleet = await startDrillFleet(real, { clock, random })
  try {
    const times = await withdraw(fleet, fleet.shadowOf(kid), state === 'active', clock)
    const nodes = fleet.nodes.length
    return registered({
      ...{ kid, state, nodes, times },
      safeAfterMs: latest(times, state === 'active'),
      cachedForSeconds: jwkSetMaxAgeSeconds,
    })
  } finally {
    await fleet.close()
  }
}

async function withdraw(
  { nodes, algorithmOf }: DrillFleet,
  kid: string,
  isActive: boolean,
  clock: Clock,
): Promise<DrillTimes> {
  const algorithm = algorithmOf(kid)
  const tokens = isActive ? await Promise.all(nodes.map((node) => node.token(algorithm))) : []
  const startedAtMonotonicMs = clock.monotonicMs()
  const whenAll = (check: (node: DrillNode) => Promise<boolean>) =>
    timed(nodes, check, startedAtMonotonicMs, clock)
  await nodes[0]?.keys.compromise(kid)
  const [withdrawnMs, announcedMs, replacedMs, inactiveMs] = await Promise.all([
    whenAll(async (node) => !(await node.publishedKids()).includes(kid)),
    whenAll(async (node) => (await node.feed()).keys.has(kid)),
    isActive ? whenAll(async (node) => kidOf(await node.token(algorithm)) !== kid) : undefined,
    isActive
      ? whenAll(async (node) => {
          const active = await Promise.all(tokens.map((token) => node.isActive(token)))
          return !active.includes(true)
        })
      : undefined,
  ])
  return { withdrawnMs, announcedMs, replacedMs, inactiveMs }
}

/** Asks every node again and again until `check` holds on all of them. */
async function timed(
  nodes: readonly DrillNode[],
  check: (node: DrillNode) => Promise<boolean>,
  startedAtMonotonicMs: number,
  clock: Clock,
): Promise<number | undefined> {
  for (;;) {
    const held = await Promise.all(nodes.map(check))
    const elapsedMs = Math.round(clock.monotonicMs() - startedAtMonotonicMs)
    if (!held.includes(false)) return elapsedMs
    if (elapsedMs > drillMsMax) return undefined
    await new Promise<void>((resolve) => {
      clock.schedule(drillPollMs, resolve, { keepsProcessAlive: true })
    })
  }
}

function latest(times: DrillTimes, isActive: boolean): number | undefined {
  const { withdrawnMs, announcedMs, replacedMs, inactiveMs } = times
  const counted = isActive
    ? [withdrawnMs, announcedMs, replacedMs, inactiveMs]
    : [withdrawnMs, announcedMs]
  return counted.includes(undefined) ? undefined : Math.max(...(counted as number[]))
}

function kidOf(token: string): string | undefined {
  const read = decodeUnverified(token)
  return read.ok ? (read.value.header as { readonly kid?: string }).kid : undefined
}
