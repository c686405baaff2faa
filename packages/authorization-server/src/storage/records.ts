/** What is stored of each thing, independent of the database that stores it. */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import type { AuthenticationMethod, Grant } from '../registry/client.ts'
import type { ClientSettings } from '../registry/client-settings.ts'

/**
 * How a presented secret is compared: with a keyed digest of ours, or with the hash that it was imported with, as text
 * in PHC string format or as bcrypt writes it.
 */
export type SecretVerifier =
  | { readonly kind: 'keyed'; readonly digest: Uint8Array }
  | { readonly kind: 'imported'; readonly hash: string }

/** A client secret as it is stored. */
export interface SecretRecord {
  readonly id: string
  readonly label: string | undefined
  readonly verifier: SecretVerifier
  /** The secret itself under the master key, only for `client_secret_jwt`, which cannot do without (RFC 7518 3.2). */
  readonly sealed: Uint8Array | undefined
  readonly createdAtWallMs: number
  readonly expiresAtWallMs: number | undefined
  /** Since when it is no longer accepted. It stays, so that somebody who still uses it is noticed. */
  readonly retiredAtWallMs: number | undefined
}

/** A client as it is stored. */
export interface ClientRecord {
  readonly id: string
  readonly disabled: boolean
  readonly authenticationMethods: readonly AuthenticationMethod[]
  readonly grants: readonly Grant[]
  readonly secrets: readonly SecretRecord[]
  readonly servesResources: readonly string[]
  /** `undefined`: written by a newer version and not understood by this one, which then refuses the client. */
  readonly settings: ClientSettings | undefined
  readonly createdAtWallMs: number
}

/** When a signing key does what. It is published from the start, signs from `activatesAt` until the next one does. */
export interface SigningKeySchedule {
  readonly activatesAtWallMs: number
  /** When it leaves the JWK Set; `undefined`: not decided yet. */
  readonly retiresAtWallMs: number | undefined
  /** Since when it must not be trusted any more. */
  readonly compromisedAtWallMs: number | undefined
}

/** A signing key as it is stored. */
export interface SigningKeyRecord extends SigningKeySchedule {
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
  /**
   * The private JWK, sealed under the master key (`signing-keys/key-sealing.ts`); for a key that an external signer
   * keeps, what that signer knows it by together with the public JWK, sealed alike.
   */
  readonly sealed: Uint8Array
  /** The name of the external signer that holds the private key; `undefined`: it is in `sealed`. */
  readonly signer: string | undefined
  readonly createdAtWallMs: number
}

/** A revoked token. */
export interface RevocationRecord {
  readonly jti: string
  readonly clientId: string
  /** `exp` of the revoked token: when the record can be forgotten. */
  readonly expiresAtSeconds: number
}

/** All tokens of a client up to an instant, revoked together. */
export interface RevocationEpoch {
  readonly clientId: string
  /** Tokens with an `iat` up to and including this second are revoked. */
  readonly notBeforeSeconds: number
  /** When the last of those tokens has expired, and the record can be forgotten. */
  readonly expiresAtSeconds: number
}

/** One use of secrets as the nodes count it: coarse, and written behind. */
export interface SecretUsage {
  readonly secretId: string
  /** Start of the hour of the last use. */
  readonly hourWallMs: number
  /** The network it came from: an IPv4 /24 or IPv6 /48. */
  readonly network: string
}

/** What a node says of itself when it writes usage behind: up to when its report is complete. */
export interface NodeReport {
  readonly nodeId: string
  readonly startedAtWallMs: number
  readonly reportedUntilWallMs: number
  /** Whether it has stopped for good, with nothing left to report. */
  readonly stopped: boolean
}
