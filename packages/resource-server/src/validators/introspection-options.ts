/** How often an issuer is asked, and what is taken for an answer: the numbers of `introspection`. */
import {
  introspectionCacheSecondsDefault,
  introspectionCacheSecondsMax,
  introspectionConcurrentDefault,
  introspectionConcurrentMax,
  introspectionDeadlineMsDefault,
  introspectionDeadlineMsMax,
  introspectionDeadlineMsMin,
  introspectionInactiveSecondsDefault,
  introspectionInactiveSecondsMax,
} from '../limits.ts'
import { booleanValue, numberWithin } from '../option-value.ts'

/** The options of `introspection` besides where, and as whom, it asks. */
export interface IntrospectionRules {
  /**
   * Which tokens are asked about: `'opaque'` (default), those that do not look like a JWT; `'all'`, JWTs too, after
   * they were verified here.
   */
  readonly introspect?: 'opaque' | 'all'
  /** For how many seconds after the question an active answer is used, 0 to 3,600. Default 30. */
  readonly cacheSecondsMax?: number
  /** For how many seconds a no is used, 0 to 60. Default 5. */
  readonly inactiveSeconds?: number
  /** How many questions may be under way, 1 to 1,000. Default 64. */
  readonly concurrentMax?: number
  /** How long a question may take, in milliseconds, 100 to 30,000. Default 3,000. */
  readonly deadlineMs?: number
  /**
   * Whether an active token without `aud` is meant for this API. Default `false`. For issuers that tell an API of none
   * but its own tokens.
   */
  readonly acceptMissingAudience?: boolean
}

/** {@link IntrospectionRules} with every default applied. */
export interface ResolvedIntrospection {
  readonly confirmsJwts: boolean
  readonly cacheMs: number
  readonly inactiveSeconds: number
  readonly concurrentMax: number
  readonly deadlineMs: number
  readonly acceptMissingAudience: boolean
}

/** Checks the options and applies their defaults. Throws `TypeError`, and `RangeError` for a number out of range. */
export function resolveRules(options: IntrospectionRules): ResolvedIntrospection {
  const number = (
    name: 'cacheSecondsMax' | 'inactiveSeconds' | 'concurrentMax' | 'deadlineMs',
    standard: number,
    min: number,
    max: number,
  ): number => numberWithin(`introspection.${name}`, options[name] ?? standard, min, max)
  return Object.freeze({
    confirmsJwts: confirmsJwts(options.introspect ?? 'opaque'),
    cacheMs:
      1000 *
      number('cacheSecondsMax', introspectionCacheSecondsDefault, 0, introspectionCacheSecondsMax),
    inactiveSeconds: number(
      'inactiveSeconds',
      introspectionInactiveSecondsDefault,
      0,
      introspectionInactiveSecondsMax,
    ),
    concurrentMax: number(
      'concurrentMax',
      introspectionConcurrentDefault,
      1,
      introspectionConcurrentMax,
    ),
    deadlineMs: number(
      'deadlineMs',
      introspectionDeadlineMsDefault,
      introspectionDeadlineMsMin,
      introspectionDeadlineMsMax,
    ),
    acceptMissingAudience: booleanValue(
      'introspection.acceptMissingAudience',
      options.acceptMissingAudience ?? false,
    ),
  })
}

function confirmsJwts(introspect: unknown): boolean {
  if (introspect === 'opaque' || introspect === 'all') return introspect === 'all'
  throw new TypeError("introspection.introspect: expected 'opaque' or 'all'")
}
