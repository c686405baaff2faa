/** A protected route with rings, by a clock that the test moves. */
import {
  type ClientAddressReader,
  createFailureRing,
  createRings,
  type Limiter,
  limitPolicy,
  memoryLimiter,
  type Rings,
} from '@mintmark/limits'
import type { GuardedRequest, GuardOptions, Verdict } from '@mintmark/resource-server'
import { seededRandom } from '@mintmark/testkit'
import { createProtection } from '../../src/protection.ts'
import { type GuardWorld, guardWorld } from '../guard-world.ts'

export interface Answer {
  readonly verdict: Verdict
  readonly announced: ReadonlyMap<string, string>
}

export interface RingedWorld extends GuardWorld {
  readonly rings: Rings
  ask(request: GuardedRequest): Promise<Answer>
  /** How many of `count` such requests are answered with each status; 200 stands for an admission. */
  statuses(count: number, request: GuardedRequest): Promise<ReadonlyMap<number, number>>
}

export interface RingedWorldOptions {
  /** Default: in memory, by the clock of the world. */
  readonly limiter?: Limiter
  readonly scope?: string
  readonly cost?: number
  readonly addresses?: ClientAddressReader
  readonly partnerBurst?: number
  readonly mode?: 'enforced' | 'shadow'
  readonly guard?: GuardOptions
}

/** Five a minute for everybody, ten at once for a partner, three forgeries. */
export function ringedWorld(options: RingedWorldOptions = {}): RingedWorld {
  const world = guardWorld(options.guard)
  const { clock } = world
  const limiter = options.limiter ?? memoryLimiter({ clock })
  const { mode = 'enforced' } = options
  const rings = createRings({
    limiter,
    publicPolicies: [limitPolicy({ name: 'public', quota: 5, windowSeconds: 60, mode })],
    partnerPolicies: [
      limitPolicy({
        ...{ name: 'partner', quota: 600, windowSeconds: 60, mode },
        burst: options.partnerBurst ?? 10,
      }),
    ],
    failures: createFailureRing({
      limiter: memoryLimiter({ clock }),
      perAddress: limitPolicy({ name: 'forgeries', quota: 60, windowSeconds: 60, burst: 3 }),
    }),
    random: seededRandom(1),
  })
  const { scope, cost, addresses } = options
  const protection = createProtection({
    ...{ guard: world.guard, rings },
    ...(scope !== undefined && { scope }),
    ...(cost !== undefined && { cost }),
    ...(addresses !== undefined && { addresses }),
  })
  const ask = async (request: GuardedRequest): Promise<Answer> => {
    const announced = new Map<string, string>()
    const announce = (name: string, value: string) => void announced.set(name, value)
    return { verdict: await protection.decide(request, announce), announced }
  }
  return {
    ...world,
    ...{ rings, ask },
    async statuses(count, request) {
      const counts = new Map<number, number>()
      for (let at = 0; at < count; at++) {
        const { verdict } = await ask(request)
        const status = verdict.admitted ? 200 : verdict.status
        counts.set(status, (counts.get(status) ?? 0) + 1)
      }
      return counts
    },
  }
}

/** A request from `peer`, with a token or without. */
export function from(peer: string, token?: string, fields: Readonly<Record<string, string>> = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { headers: { ...authorization, ...fields }, peerAddress: peer }
}
