/**
 * A fleet in a world that a test controls: processes that share one store in memory and one authorization server, on
 * one clock. Each has a token source and a membership of its own, as a client has; what lies between them and the
 * network is left out.
 */
import { createHash } from 'node:crypto'
import { parseScope, parseTokenResponse } from '@mintmark/protocol'
import { type Clock, sleep } from '@mintmark/runtime'
import {
  FakeClock,
  type MemorySharedStore,
  memorySharedStore,
  type StoreFaults,
  type StoreOperation,
  seededRandom,
  some,
  the,
  transparentSealing,
} from '@mintmark/testkit'
import type { AccessToken } from '../../src/access-token.ts'
import type { Errand } from '../../src/errand.ts'
import type { TokenClientEvent } from '../../src/events.ts'
import type { Failure } from '../../src/failure.ts'
import { type GrantParts, judgeGrant, type Obtained } from '../../src/granted-token.ts'
import { DEFAULT_WINDOW } from '../../src/lifetime.ts'
import type { Sealing } from '../../src/shared-store/sealing.ts'
import type { SharedStore } from '../../src/shared-store/shared-store.ts'
import { sharedTokenStore } from '../../src/shared-store/shared-token-store.ts'
import type { FleetMember, FollowedKey, RequestToken } from '../../src/shared-store/token-store.ts'
import { Throttle } from '../../src/throttle.ts'
import type { TokenRequestIdentity } from '../../src/token-request-identity.ts'
import { TokenSource } from '../../src/token-source.ts'

/** How one process differs from the others. */
export interface WorkerOptions {
  readonly faults?: StoreFaults
  /** By how much its wall clock is ahead. */
  readonly wallAheadMs?: number
  readonly sealing?: Sealing
  readonly acceptsNarrowedScope?: boolean
  readonly clockSkewSeconds?: number
  /** What befalls its subscription before it is made. */
  readonly beforeSubscription?: () => Promise<void>
}

/** One process. */
export interface Worker {
  readonly source: TokenSource
  readonly member: FleetMember
  readonly key: FollowedKey
  readonly events: readonly TokenClientEvent[]
  readonly throttle: Throttle
  /** Ends it without a word: from now on nothing leaves it and nothing reaches it. */
  crash(): void
  /** What it asked of the store, by name of the operation. */
  readonly operations: readonly StoreOperation[]
  token(): Promise<AccessToken>
  /** One errand of the key itself, without the source. */
  obtain(errand?: Partial<Errand>, signal?: AbortSignal): Promise<Obtained>
  count(type: TokenClientEvent['type']): number
}

/** The authorization server. */
export interface Issuer {
  readonly requestCount: number
  latencyMs: number
  lifetimeSeconds: number
  /** The scope that is granted. */
  scope: string
  fail(...failures: readonly Failure[]): void
}

export interface FleetWorld {
  readonly clock: FakeClock
  readonly store: MemorySharedStore
  readonly issuer: Issuer
  /** Starts a process. */
  worker(options?: WorkerOptions): Worker
}

export const tokenRequestTimeoutMs = 10_000

/** A fleet without any process yet. */
export function fleetWorld(seed = 1): FleetWorld {
  const clock = new FakeClock()
  const store = memorySharedStore({ clock })
  const issuer = new ScriptedIssuer()
  let started = 0
  return {
    clock,
    store,
    issuer,
    worker: (options = {}) => {
      started += 1
      return startWorker({ clock, store, issuer, seed: seed * 1_000 + started }, options)
    },
  }
}

class ScriptedIssuer implements Issuer {
  requestCount = 0
  latencyMs = 100
  lifetimeSeconds = 3_600
  scope: string = the.scope
  readonly #failures: Failure[] = []

  fail(...failures: readonly Failure[]): void {
    this.#failures.push(...failures)
  }

  async answer(clock: Clock, signal: AbortSignal): Promise<Failure | string> {
    this.requestCount += 1
    const number = this.requestCount
    const failure = this.#failures.shift()
    await sleep(clock, this.latencyMs, signal)
    if (failure !== undefined) return failure
    return some.tokenResponse({
      access_token: `token-${number}`,
      expires_in: this.lifetimeSeconds,
      scope: this.scope,
    })
  }
}

interface Surroundings {
  readonly clock: FakeClock
  readonly store: MemorySharedStore
  readonly issuer: ScriptedIssuer
  readonly seed: number
}

function startWorker(surroundings: Surroundings, options: WorkerOptions): Worker {
  const clock = aheadOf(surroundings.clock, options.wallAheadMs ?? 0)
  const random = seededRandom(surroundings.seed)
  const events: TokenClientEvent[] = []
  const report = (event: TokenClientEvent): void => void events.push(event)
  const throttle = new Throttle()
  const operations: StoreOperation[] = []
  const life = { hasCrashed: false }
  const grant = grantParts(random, report, options)
  const member = sharedTokenStore({
    driver: driverFor(surroundings.store, options, operations, life),
    sealing: options.sealing ?? transparentSealing(),
  }).join({
    ...{ clock, random, report, throttle, tokenRequestTimeoutMs },
    ...{ authority: the.issuer, clientId: the.clientId },
  })
  const key = member.follow('the key', {
    label,
    judge: (response, arrival) => judgeGrant(grant, identity, response, arrival),
    adopt: (granted) => source.adopt(granted),
    retireToken: (fingerprint) => source.retireToken(fingerprint),
  })
  const request = requestBy(surroundings.issuer, clock, grant, life)
  const source = new TokenSource({
    ...{ label, clock, random, throttle, report, deadlineMs: 10_000, keepsWarm: false },
    places: { taken: 0, max: 1_000 },
    nextFlightNumber: () => 0,
    obtain: (errand, signal) => key.obtain(errand, request, signal),
    onRefused: (token) => key.refused(token),
    onRetired: () => key.stop(),
  })
  return {
    ...{ source, member, key, events, throttle, operations },
    crash: () => {
      life.hasCrashed = true
    },
    token: () => source.token(),
    obtain: (errand, signal = new AbortController().signal) =>
      key.obtain({ ...anyErrand, ...errand }, request, signal),
    count: (type) => events.filter((event) => event.type === type).length,
  }
}

interface Life {
  hasCrashed: boolean
}

function driverFor(
  store: MemorySharedStore,
  { faults, beforeSubscription }: WorkerOptions,
  operations: StoreOperation[],
  life: Life,
): SharedStore {
  const connected = store.connect({
    operation: (operation, name) => {
      if (life.hasCrashed) return 'hang'
      operations.push(operation)
      return faults?.operation?.(operation, name)
    },
    publication: (publication) => (life.hasCrashed ? 'drop' : faults?.publication?.(publication)),
  })
  return {
    ...connected,
    subscribe: async (listener, onGap) => {
      await beforeSubscription?.()
      return connected.subscribe(listener, onGap)
    },
  }
}

function requestBy(
  issuer: ScriptedIssuer,
  clock: Clock,
  grant: GrantParts,
  life: Life,
): RequestToken {
  const never = new Promise<never>(() => undefined)
  return async (signal) => {
    if (life.hasCrashed) return never
    const answer = await issuer.answer(clock, signal)
    if (life.hasCrashed) return never
    if (typeof answer !== 'string') return { ok: false, failure: answer }
    const response = parseTokenResponse(answer)
    if (!response.ok) throw new Error(response.violation)
    return judgeGrant(grant, identity, response.value, {
      arrivedAtMonotonicMs: clock.monotonicMs(),
      arrivedAtWallMs: clock.wallMs(),
    })
  }
}

const anyErrand: Errand = { trigger: 'empty', knownFingerprint: undefined, minTtlSeconds: 0 }
const label = { scope: the.scope, resources: [], audience: undefined }
const scope = parseScope(the.scope)
const identity: TokenRequestIdentity = {
  scope: scope.ok ? scope.value : undefined,
  resources: [],
  audience: undefined,
  authorizationDetails: undefined,
  extraParameters: {},
}

function grantParts(
  random: GrantParts['random'],
  report: GrantParts['report'],
  { acceptsNarrowedScope = false, clockSkewSeconds = 0 }: WorkerOptions,
): GrantParts {
  return {
    // At once, unlike WebCrypto: a clock that a test moves does not wait for other threads.
    digest: async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
    ...{ random, report, acceptsNarrowedScope, lifetimeSecondsAssumed: 300 },
    lifetimePolicy: { renewal: DEFAULT_WINDOW, surviveOutageSeconds: undefined, clockSkewSeconds },
    told: { lifetimeMissing: false, outageBudgetUnreachable: false, basicEncoding: false },
  }
}

function aheadOf(clock: FakeClock, wallAheadMs: number): Clock {
  return {
    wallMs: () => clock.wallMs() + wallAheadMs,
    monotonicMs: () => clock.monotonicMs(),
    schedule: (delayMs, task) => clock.schedule(delayMs, task),
  }
}
