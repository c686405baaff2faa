/**
 * What every adapter's `protect` takes, and the decision behind it: the whole way from a request to the verdict on it,
 * whatever the framework. Adapters only carry requests in and answers out. Also the entry point
 * `@mintmark/resource-server/protection`, for whatever there is no adapter for.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Announce, Guard, Requirement } from './guard.ts'
import type { GuardedRequest } from './guarded-request.ts'
import { booleanValue, checkNames, portValue } from './option-value.ts'
import { RequestAtRings } from './rings/request-at-rings.ts'
import { createRouteRings, type RingOptions } from './rings/route-rings.ts'
import { createScopePolicies, type ScopeRequirement } from './scope-requirement.ts'
import type { Verdict, VerifiedClaims } from './verdict.ts'

export type { Announce } from './guard.ts'

/** What `protect` takes, whatever the framework. */
export interface ProtectOptions<Claims = VerifiedClaims> extends Partial<RingOptions> {
  readonly guard: Guard<Claims>
  /** Default: any good token will do. A member that is there but `undefined` is a `TypeError`. */
  readonly scope?: ScopeRequirement<Claims>
  /** Whether a token that is introspected has to be asked about anew each time. Default `false`. */
  readonly fresh?: boolean
}

/** The decision about requests to one protected route. */
export interface Protection<Claims = VerifiedClaims> {
  /**
   * Judges a request. Answers at once where nothing has to be waited for; what a scope predicate throws is thrown,
   * or comes out of the promise.
   *
   * @param announce - Called before the verdict is there, if at all, with field values that are safe to send.
   */
  decide(request: GuardedRequest, announce: Announce): MaybePromise<Verdict<Claims>>
}

/**
 * Creates the decision that `protect` options stand for.
 *
 * Throws `TypeError` for an unknown option, for a guard and for a scope requirement that is none: when routes are set
 * up, not at the first request.
 */
export function createProtection<Claims>(options: ProtectOptions<Claims>): Protection<Claims> {
  checkNames(options, KNOWN_OPTIONS, '')
  const guard = portValue('guard', options.guard, ['decide'])
  const requirement = requirementOf(options)
  if (options.rings === undefined) {
    assertNothingForRings(options)
    return {
      decide: (request, announce) => guard.decide(request, requirement, undefined, announce),
    }
  }
  const rings = createRouteRings({ ...options, rings: options.rings }, 'partner')
  return {
    decide(request, announce) {
      const passing = new RequestAtRings(rings, request, announce)
      const verdict = guard.decide(request, requirement, passing, announce)
      return verdict instanceof Promise
        ? verdict.then((later) => passing.conclude(later))
        : passing.conclude(verdict)
    },
  }
}

const KNOWN_OPTIONS: Readonly<Record<keyof ProtectOptions, true>> = {
  ...{ guard: true, scope: true, fresh: true, rings: true, addresses: true, cost: true },
}

/** Rings that went missing must not leave a route without limits. */
function assertNothingForRings(options: object): void {
  for (const name of ['rings', 'addresses', 'cost'] as const) {
    if (Object.hasOwn(options, name)) throw new TypeError(`${name}: expected rings as well`)
  }
}

function requirementOf<Claims>(options: ProtectOptions<Claims>): Requirement<Claims> {
  const fresh = booleanValue('fresh', options.fresh ?? false)
  if (!Object.hasOwn(options, 'scope')) return fresh ? { fresh } : {}
  const scope = options.scope as ScopeRequirement<Claims>
  createScopePolicies<Claims>()(scope)
  return fresh ? { scope, fresh } : { scope }
}
