/**
 * What is known about a named token service, so that callers need not look it up. A preset fills in
 * what the options leave open and checks what the service is known to demand; the code that sends and
 * judges asks for members of this table, never for a name.
 */
import type { MetadataKind, TokenErrorLeniency } from '@mintmark/protocol'
import type { AssertionDefaults } from '../client-authentication/assertion-options.ts'
import type { AuthenticationMethod } from '../client-authentication/client-authentication.ts'
import type { RenewalWindow } from '../lifetime.ts'
import type { TokenRequestIdentity } from '../token-request-identity.ts'

/** What the options say about the client itself, as far as services care. */
export interface PresetSubject {
  /** `undefined` when the options name the token endpoint instead. */
  readonly issuer: string | undefined
  readonly tokenEndpoint: string | undefined
  /** The methods that the client may authenticate with. */
  readonly methods: readonly AuthenticationMethod[]
}

/** One service. Members that are left out leave everything as it is without a preset. */
export interface Preset {
  /** How a bare `clientSecret` is sent. */
  readonly authentication?: 'client_secret_post' | 'client_secret_json'
  /** Path of the token endpoint below the issuer, for services without metadata. */
  readonly tokenEndpointPath?: string
  /** The one metadata document to read. Default: the OAuth one, or else that of OpenID Connect. */
  readonly metadata?: MetadataKind
  /** Whether the metadata of `issuer` may place the token endpoint at `url`, on another origin. */
  readonly allowsTokenEndpoint?: (issuer: URL, url: URL) => boolean
  /** The scope asked for by default. */
  readonly scope?: string
  /** When tokens are renewed by default. */
  readonly renewal?: RenewalWindow
  /** What it wants of client assertions. */
  readonly assertionDefaults?: AssertionDefaults
  /** How its errors differ from RFC 6749 section 5.2. */
  readonly errorLeniency?: TokenErrorLeniency
  /** Whether its API says 401 without a challenge when it refuses a token. */
  readonly omitsChallenge?: boolean
  /** Throws `TypeError` naming the option that the service would refuse. */
  readonly checkClient?: (client: PresetSubject) => void
  /** The same for what one token is for. */
  readonly checkRequest?: (request: TokenRequestIdentity, client: PresetSubject) => void
}

/** Throws `TypeError` with `message`, which starts with the name of an option, unless `holds`. */
export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new TypeError(message)
}
