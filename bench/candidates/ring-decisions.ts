/** Ways to decide about a request by its address: 10,000 addresses in turn, each string fresh as from a socket. */
import { createRings, limitPolicy, memoryLimiter, parseIpAddress } from '@mintmark/limits'
import type { CallLoop, CallLoops, PrepareLoop } from './call-loop.ts'

const ADDRESSES = 10_000
const ADDRESSES_IN_SMOKE = 50
const WINDOW_MS = 60_000

/** Never reached: what is measured is a decision that allows, which most are and which costs more. */
const plenty = { quota: 600_000, windowSeconds: 60, burst: 100_000_000 }
const publicPolicy = limitPolicy({ name: 'public', ...plenty })
const partnerPolicy = limitPolicy({ name: 'partner', ...plenty })
const dailyPolicy = limitPolicy({ ...plenty, name: 'daily', windowSeconds: 86_400 })

/** The loops by name. */
export const loops: CallLoops = new Map<string, PrepareLoop>([
  ['making the address', (isSmoke) => loop(isSmoke, (address) => address.length > 6)],
  ['by hand: fixed window in a map', byHand],
  ['limiter.check', limiterCheck],
  ['limiter.check, two buckets', twoBuckets],
  ['limiter.check, refused', refused],
  ['rings.check by address', ringsByAddress],
  ['rings.check by client', ringsByClient],
])

/** Calls `isRight` for each fresh address. */
function loop(isSmoke: boolean, isRight: (address: string) => boolean): CallLoop {
  const next = freshAddresses(isSmoke ? ADDRESSES_IN_SMOKE : ADDRESSES)
  return {
    run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if (isRight(next())) right++
      return right
    },
  }
}

/** What one writes first. It allows twice the quota around the end of a window, and it is never emptied. */
function byHand(isSmoke: boolean): CallLoop {
  const windows = new Map<string, { count: number; endsAtMs: number }>()
  return loop(isSmoke, (address) => {
    const nowMs = Date.now()
    const window = windows.get(address)
    if (window === undefined || window.endsAtMs <= nowMs) {
      windows.set(address, { count: 1, endsAtMs: nowMs + WINDOW_MS })
      return true
    }
    window.count += 1
    return window.count <= plenty.burst
  })
}

function limiterCheck(isSmoke: boolean): CallLoop {
  const limiter = memoryLimiter()
  return loop(isSmoke, (key) => limiter.check([{ policy: publicPolicy, key }]).allowed)
}

function twoBuckets(isSmoke: boolean): CallLoop {
  const limiter = memoryLimiter()
  return loop(isSmoke, (key) => {
    const requests = [
      { policy: partnerPolicy, key },
      { policy: dailyPolicy, key },
    ]
    return limiter.check(requests).allowed
  })
}

function refused(isSmoke: boolean): CallLoop {
  const limiter = memoryLimiter()
  const policy = limitPolicy({ name: 'one', quota: 1, windowSeconds: 86_400 })
  const next = freshAddresses(isSmoke ? ADDRESSES_IN_SMOKE : ADDRESSES)
  for (let at = 0; at < ADDRESSES; at++) limiter.check([{ policy, key: next() }])
  return loop(isSmoke, (key) => !limiter.check([{ policy, key }]).allowed)
}

function ringsByAddress(isSmoke: boolean): CallLoop {
  const rings = createRings({ limiter: memoryLimiter(), publicPolicies: [publicPolicy] })
  return loop(isSmoke, (text) => isAllowed(rings.check({ address: parseIpAddress(text) })))
}

function ringsByClient(isSmoke: boolean): CallLoop {
  const rings = createRings({ limiter: memoryLimiter(), partnerPolicies: [partnerPolicy] })
  return loop(isSmoke, (clientId) => isAllowed(rings.check({ address: undefined, clientId })))
}

/** A promise would be a wrong answer here. */
function isAllowed(answer: object): boolean {
  return 'allowed' in answer && answer.allowed === true
}

function freshAddresses(count: number): () => string {
  const addresses = Array.from({ length: count }, (_, at) =>
    Buffer.from(`203.${at % 251}.${(at >> 8) % 251}.${at % 199}`, 'latin1'),
  )
  let at = 0
  return () => {
    at = at + 1 === count ? 0 : at + 1
    return (addresses[at] as Buffer).toString('latin1')
  }
}
