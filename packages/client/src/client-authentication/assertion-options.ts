/** What a client assertion says besides who signed it (RFC 7523 section 3, RFC 10070). */
import { integerWithin, oneOf } from '@mintmark/runtime'
import { assertionLifetimeSecondsDefault, assertionLifetimeSecondsMax } from '../limits.ts'
import { textValue } from '../option-value.ts'

/** The type of an assertion, in its header. */
export type AssertionType = 'client-authentication+jwt' | 'JWT'

/** Options that all methods with an assertion of the client's own have in common. */
export interface AssertionOptions {
  /**
   * Who the assertion is for. `issuer` (the default, unless a preset knows better): the issuer
   * identifier, as RFC 10070 asks for, or the token endpoint where the client knows no issuer.
   * `token_endpoint`: the URL of the token endpoint, for servers from before that. Any other text is
   * taken as it is.
   */
  readonly audience?: 'issuer' | 'token_endpoint' | (string & {})
  /** How long each assertion is good for, in seconds, 1 to 300. Default 60. */
  readonly lifetimeSeconds?: number
  /**
   * The header `typ`. Default `client-authentication+jwt`, unless a preset knows better: RFC 10070
   * section 4 requires it of clients, servers exist that take nothing else (OpenIddict 7, Authelia),
   * and those that know nothing of it do not look at `typ`. `JWT` for the few that look for that,
   * such as Microsoft Entra ID.
   */
  readonly typ?: AssertionType
}

/** The names of {@link AssertionOptions}. */
export const assertionOptionNames = ['audience', 'lifetimeSeconds', 'typ'] as const

/** What a service is known to want of assertions, where the caller does not say. */
export interface AssertionDefaults {
  readonly audience?: 'issuer' | 'token_endpoint'
  readonly typ?: AssertionType
}

/** The options, checked. What is `undefined` depends on the service. */
export interface ResolvedAssertion {
  readonly audience: string | undefined
  readonly lifetimeSeconds: number
  readonly typ: AssertionType | undefined
}

/** Checks the options. Throws `TypeError` or `RangeError` for a wrong one. */
export function resolveAssertion(options: AssertionOptions): ResolvedAssertion {
  const { audience, typ, lifetimeSeconds = assertionLifetimeSecondsDefault } = options
  return {
    audience: audience === undefined ? undefined : textValue('audience', audience),
    lifetimeSeconds: integerWithin(
      'lifetimeSeconds',
      lifetimeSeconds,
      1,
      assertionLifetimeSecondsMax,
    ),
    typ:
      typ === undefined
        ? undefined
        : oneOf<AssertionType>('typ', typ, ['client-authentication+jwt', 'JWT']),
  }
}
