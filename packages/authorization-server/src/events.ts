/** What an observer of the authorization server hears. No event carries a token, a secret or text from the wire. */
import type { JwkSetFetchViolation, SignatureAlgorithm } from '@mintmark/jwt'
import type { ForwardingHeader } from '@mintmark/limits'
import type { RefusalReason } from './refusal.ts'
import type { RefusalDetail } from './refusals/refusal-detail.ts'
import type { ShadowablePolicy } from './registry/client-settings.ts'
import type { SignatureFailure } from './signing-keys/signature-failure.ts'

/** The endpoints that speak to clients. */
export type EndpointName = 'token' | 'introspection' | 'revocation' | 'registration'

/**
 * What a policy in shadow mode would have done: refused for that reason, granted less scope, or issued a token of a
 * shorter lifetime.
 */
export type ShadowedReason = RefusalReason | 'scope_narrowed' | 'lifetime_shortened'

/** One thing that happened. */
export type AuthorizationServerEvent =
  | {
      readonly type: 'token_issued'
      readonly clientId: string
      /** The token's `jti`: enough to find it again, useless to call anything with. */
      readonly jti: string
      readonly scope: string
      readonly audience: readonly string[]
      readonly lifetimeSeconds: number
    }
  | {
      readonly type: 'token_introspected'
      /** Who asked. */
      readonly clientId: string
      /** What it was told. */
      readonly active: boolean
    }
  | {
      readonly type: 'request_refused'
      readonly endpoint: EndpointName
      readonly reason: RefusalReason
      /** Only of a client that the registry knows: anything else is text from the wire. */
      readonly clientId: string | undefined
      readonly detail: RefusalDetail
    }
  | {
      /** A policy in shadow mode would have refused the request; it went on. */
      readonly type: 'refusal_shadowed'
      readonly endpoint: EndpointName
      readonly policy: ShadowablePolicy
      readonly reason: ShadowedReason
      readonly clientId: string
    }
  /** An assertion had an audience of before RFC 10070, and its client may still do that. */
  | { readonly type: 'legacy_assertion_audience'; readonly clientId: string }
  | {
      /** A key set could not be fetched. What was fetched before stays in use for a while. */
      readonly type: 'key_set_fetch_failed'
      /** As the registry has it. */
      readonly url: string
      readonly violation: JwkSetFetchViolation
    }
  /** The slow hash of an imported secret was replaced by a keyed digest; or could not be, and stays until it can. */
  | {
      readonly type: 'secret_rehashed' | 'secret_rehash_failed'
      readonly clientId: string
      readonly secretId: string
    }
  | {
      /** Somebody still uses a secret that was retired, or has found it. */
      readonly type: 'retired_secret_presented'
      readonly clientId: string
      readonly secretId: string
      /** Where from: an IPv4 /24, an IPv6 /48, or `unknown`. */
      readonly network: string
    }
  /** The field for certificates came from no trusted proxy: a caller tries, or a proxy is not configured. */
  | { readonly type: 'certificate_header_ignored' }
  /** A trusted proxy sent a field for certificates that has none in the declared encoding. */
  | { readonly type: 'certificate_header_unreadable' }
  /** From now on each node remembers used assertions by itself, or refuses all, as declared. */
  | { readonly type: 'replay_store_unavailable' }
  | { readonly type: 'replay_store_recovered' }
  /**
   * Told once: a peer that is no trusted proxy sent the forwarding header. Either a client tries, or a proxy is missing
   * in the configuration, and all clients behind it share what an address may do.
   */
  | { readonly type: 'forwarding_header_ignored'; readonly header: ForwardingHeader }
  | { readonly type: 'token_revoked'; readonly clientId: string; readonly jti: string }
  /** A key was made; it is in the JWK Set from now on and signs from then on. */
  | {
      readonly type: 'signing_key_announced'
      readonly kid: string
      readonly algorithm: SignatureAlgorithm
      readonly activatesAtWallMs: number
    }
  /** Time has come for some key to sign or to leave the JWK Set. */
  | { readonly type: 'signing_keys_switched' }
  /** A retired key on which nothing depends any more is gone from the storage. */
  | { readonly type: 'signing_key_deleted'; readonly kid: string }
  /** An external signer did not sign; whoever wanted a token is told to come back. */
  | {
      readonly type: 'external_signature_failed'
      readonly kid: string
      readonly failure: SignatureFailure
    }
  /** Making or deleting keys failed and is tried again in a minute. */
  | { readonly type: 'signing_key_upkeep_failed' }
  /** The revocation feed could not be signed; readers get the last one until it expires. */
  | { readonly type: 'revocation_feed_unsigned' }
  | { readonly type: 'registry_reloaded' }
  | { readonly type: 'registry_reload_failed' }
  /** The database is away; what was read last goes on being served. */
  | { readonly type: 'serving_stale'; readonly sinceWallMs: number }
  /** The database is back, and what changed meanwhile is in force. */
  | { readonly type: 'serving_current'; readonly staleSeconds: number }
  /** The database has been away for longer than the grace: requests are refused with 503 until it is back. */
  | { readonly type: 'grace_exceeded'; readonly staleSeconds: number }
  /** The last known good state could not be written; `systemCode` such as `ENOSPC`. It is tried again. */
  | { readonly type: 'snapshot_failed'; readonly systemCode: string | undefined }
