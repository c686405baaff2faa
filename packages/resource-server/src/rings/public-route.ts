/** What every adapter's `limit` takes, and the decision behind it: for routes that anybody may call, so many times. */
import type { MaybePromise } from '@mintmark/limits'
import type { Announce } from '../guard.ts'
import type { GuardedRequest } from '../guarded-request.ts'
import { checkNames } from '../option-value.ts'
import type { Refusal } from '../verdict.ts'
import { ringRefusal } from './ring-refusal.ts'
import { createRouteRings, type RingOptions } from './route-rings.ts'

/** What `limit` takes, whatever the framework. */
export type LimitOptions = RingOptions

/** The decision about requests to one public route. */
export interface PublicRoute {
  /** Counts a request under its address. `undefined` lets it through. At once where the limiter answers at once. */
  decide(request: GuardedRequest, announce: Announce): MaybePromise<Refusal | undefined>
}

const KNOWN_OPTIONS: Readonly<Record<keyof LimitOptions, true>> = {
  ...{ rings: true, addresses: true, cost: true },
}

/** Creates the decision that `limit` options stand for. @throws TypeError and RangeError as `createRouteRings`. */
export function createPublicRoute(options: LimitOptions): PublicRoute {
  checkNames(options, KNOWN_OPTIONS, '')
  const rings = createRouteRings(options, 'public')
  return {
    decide(request, announce) {
      const answer = rings.ofAddress(rings.addressOf(request), rings.cost)
      const conclude = ({ allowed, verdict, headers }: Awaited<typeof answer>) => {
        if (!allowed) return ringRefusal(verdict, headers)
        for (const [name, value] of headers) announce(name, value)
        return undefined
      }
      return answer instanceof Promise ? answer.then(conclude) : conclude(answer)
    },
  }
}
