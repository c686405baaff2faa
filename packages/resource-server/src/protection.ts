/** The options of every adapter's `protect`, and what they ask the guard for. */
import type { Guard, Requirement } from './guard.ts'
import { createScopePolicies, type ScopeRequirement } from './scope-requirement.ts'

/** What `protect` takes, whatever the framework. */
export interface ProtectOptions {
  readonly guard: Guard
  /** Default: any good token will do. A member that is there but `undefined` is a `TypeError`. */
  readonly scope?: ScopeRequirement
}

/**
 * The requirement that `protect` options stand for.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none: when routes are set up, not
 * at the first request.
 */
export function requirementOf(options: ProtectOptions): Requirement {
  for (const name of Object.keys(options)) {
    if (name !== 'guard' && name !== 'scope') throw new TypeError(`unknown option: ${name}`)
  }
  if (!Object.hasOwn(options, 'scope')) return {}
  const scope = options.scope as ScopeRequirement
  createScopePolicies()(scope)
  return { scope }
}
