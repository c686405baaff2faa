/** What an operator says about dynamic registration, checked and completed. */
import { registrationClientsMaxDefault } from '../limits.ts'
import { type AuthenticationMethod, authenticationMethods } from '../registry/client.ts'
import type { GrantDraft } from '../registry/grant-draft.ts'

/** Who may register a client: holders of an initial access token (RFC 7591 section 1.2), or everybody. */
export const registrationAccesses = ['initial_access_token', 'open'] as const

/** One of them. */
export type RegistrationAccess = (typeof registrationAccesses)[number]

/** The options of dynamic registration (RFC 7591, RFC 7592). Without them there is none. */
export interface RegistrationOptions {
  /**
   * Who may register. An initial access token is an access token of this server for its own issuer identifier, which
   * is then also a registered resource, with the scope `register`. Default `'initial_access_token'`.
   */
  readonly access?: RegistrationAccess
  /**
   * The most that a registered client can be granted, resource by resource: it may ask for less, never for more. What
   * it has beyond that was given to it by an operator. Default: nothing.
   */
  readonly grants?: readonly GrantDraft[]
  /** How a client may authenticate that registers itself. Default: by secret, key or certificate. */
  readonly authenticationMethods?: readonly AuthenticationMethod[]
  /** With so many clients in the registry nobody registers any more. Default 10,000. */
  readonly clientsMax?: number
}

/** The same with every default applied. */
export type RegistrationPolicy = Required<RegistrationOptions>

/** Every method that needs nothing of an operator. */
const selfContained: readonly AuthenticationMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
]

/** Throws TypeError for a member that is unknown or unusable, naming it. */
export function resolveRegistration(options: RegistrationOptions): RegistrationPolicy {
  const {
    access = 'initial_access_token',
    grants = [],
    authenticationMethods: methods = selfContained,
    clientsMax = registrationClientsMaxDefault,
    ...others
  } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`option "registration.${unknown}" is not known`)
  if (!registrationAccesses.includes(access)) {
    const known = registrationAccesses.join(', ')
    throw new TypeError(`option "registration.access" must be one of ${known}`)
  }
  if (methods.length === 0 || !methods.every((one) => authenticationMethods.includes(one))) {
    throw new TypeError('option "registration.authenticationMethods" must name known methods')
  }
  if (!Number.isInteger(clientsMax) || clientsMax < 1) {
    throw new TypeError('option "registration.clientsMax" must be a whole number from 1')
  }
  return { access, grants, authenticationMethods: methods, clientsMax }
}
