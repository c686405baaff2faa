/** The options that say which service is asked, and what follows from that. */

import type { TokenErrorLeniency } from '@mintmark/protocol'
import { oneOf } from '@mintmark/runtime'
import type { AssertionDefaults } from '../client-authentication/assertion-options.ts'
import type { AuthenticationChoice } from '../client-authentication/choose-authentication.ts'
import type { AuthenticationMethod } from '../client-authentication/client-authentication.ts'
import type { EndpointOptions } from '../endpoint-options.ts'
import type { TokenRequestIdentity } from '../token-request-identity.ts'
import type { Preset } from './preset.ts'
import { type PresetName, presets } from './presets.ts'

/** Both may be left out. */
export interface ServiceOptions {
  /**
   * Fills in what is known about a named token service, and checks what that service is known to
   * demand. What the other options say wins. Default: none.
   */
  readonly preset?: PresetName
  /**
   * What to do when an API answers 401 without any challenge. `renew` takes that as an answer to the
   * token: one new token, and one retry of what is idempotent (RFC 9110 section 9.2.2) or carries an
   * `Idempotency-Key`; other requests get the answer, and the next call the new token. Default
   * `return`, or what the preset knows of the service.
   */
  readonly unauthorizedWithoutChallenge?: 'return' | 'renew'
}

/** What is different with this service. */
export interface ResolvedService {
  readonly assertionDefaults: AssertionDefaults
  readonly errorLeniency: TokenErrorLeniency
  readonly renewsWithoutChallenge: boolean
  /** Throws `TypeError` naming the option, for a request that the service would refuse. */
  readonly checkRequest: (request: TokenRequestIdentity) => void
}

/** The preset of that name. Throws `TypeError` for a name that there is none of. */
export function resolvePreset(name: PresetName | undefined): Preset | undefined {
  if (name === undefined) return undefined
  return presets[oneOf('preset', name, Object.keys(presets) as PresetName[])]
}

/** Checks the options of the client against the preset. Throws `TypeError` naming the option. */
export function resolveService(
  options: ServiceOptions & EndpointOptions,
  authentication: AuthenticationChoice,
  preset: Preset = {},
): ResolvedService {
  const { issuer, tokenEndpoint, unauthorizedWithoutChallenge } = options
  const subject = { issuer, tokenEndpoint, methods: methodsOf(authentication) }
  preset.checkClient?.(subject)
  const withoutChallenge =
    unauthorizedWithoutChallenge ?? (preset.omitsChallenge === true ? 'renew' : 'return')
  return {
    assertionDefaults: preset.assertionDefaults ?? {},
    errorLeniency: preset.errorLeniency ?? {},
    renewsWithoutChallenge:
      oneOf('unauthorizedWithoutChallenge', withoutChallenge, ['return', 'renew']) === 'renew',
    checkRequest: (request) => preset.checkRequest?.(request, subject),
  }
}

function methodsOf(authentication: AuthenticationChoice): readonly AuthenticationMethod[] {
  if (authentication.choice === 'by_metadata') return ['client_secret_basic', 'client_secret_post']
  return authentication.authentications.map(({ method }) => method)
}
