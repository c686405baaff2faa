/**
 * What every adapter's `protect` takes, and the decision behind it: the whole way from a request to the verdict on it,
 * whatever the framework. Adapters only carry requests in and answers out.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Guard, Requirement } from './guard.ts'
import type { GuardedRequest } from './guarded-request.ts'
import { createScopePolicies, type ScopeRequirement } from './scope-requirement.ts'
import type { Verdict } from './verdict.ts'

/** What `protect` takes, whatever the framework. */
export interface ProtectOptions {
  readonly guard: Guard
  /** Default: any good token will do. A member that is there but `undefined` is a `TypeError`. */
  readonly scope?: ScopeRequirement
}

/** Sets one header field on the answer to this request, whoever makes it: a refusal or the application. */
export type Announce = (name: string, value: string) => void

/** The decision about requests to one protected route. */
export interface Protection {
  /**
   * Judges a request. Answers at once where nothing has to be waited for; what a scope predicate throws is thrown,
   * or comes out of the promise.
   *
   * @param announce - Called before the verdict is there, if at all, with field values that are safe to send.
   */
  decide(request: GuardedRequest, announce: Announce): MaybePromise<Verdict>
}

/**
 * Creates the decision that `protect` options stand for.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none: when routes are set up, not
 * at the first request.
 */
export function createProtection(options: ProtectOptions): Protection {
  const { guard } = options
  const requirement = requirementOf(options)
  return { decide: (request, _announce) => guard.decide(request, requirement) }
}

function requirementOf(options: ProtectOptions): Requirement {
  for (const name of Object.keys(options)) {
    if (name !== 'guard' && name !== 'scope') throw new TypeError(`unknown option: ${name}`)
  }
  if (!Object.hasOwn(options, 'scope')) return {}
  const scope = options.scope as ScopeRequirement
  createScopePolicies()(scope)
  return { scope }
}
