/**
 * Where one endpoint of an issuer is: at the configured URL, or where the issuer's metadata says.
 *
 * Invariants
 *  (1) With a configured URL no metadata is read.
 *  (2) A URL learnt from metadata is kept while it serves. Once it is distrusted, metadata is read again before the
 *      next use, because the endpoint may have moved; while that fails, the URL last known is tried.
 */
import type { IssuerIdentifier, PublishedMetadata } from '@mintmark/protocol'
import type { Observer, Transport } from '@mintmark/runtime'
import type { GuardEvent } from './events.ts'
import { askForMetadata, type MetadataFailure } from './issuer-metadata.ts'

/** The endpoints that a guard uses, by their names in the metadata, and what it is when one is not named there. */
const FAILURE_WITHOUT = {
  jwksUri: 'jwks_uri_missing',
  revocationFeedEndpoint: 'revocation_feed_missing',
  introspectionEndpoint: 'introspection_endpoint_missing',
} as const satisfies Partial<Record<keyof PublishedMetadata, MetadataFailure>>

/** An endpoint to be found. */
export interface WantedEndpoint {
  readonly issuer: IssuerIdentifier
  /** `undefined`: metadata says where it is. */
  readonly configured: URL | undefined
  /** What metadata calls it. */
  readonly named: keyof typeof FAILURE_WITHOUT
  readonly transport: Transport
  readonly observer: Observer<GuardEvent>
}

/** One endpoint of an issuer. Asks nothing before it is looked for. */
export class IssuerEndpoint {
  readonly #wanted: WantedEndpoint
  readonly #isConfigured: boolean
  #url: string | undefined
  #isTrusted: boolean
  #isAbsent = false

  constructor(wanted: WantedEndpoint) {
    this.#wanted = wanted
    this.#isConfigured = wanted.configured !== undefined
    this.#url = wanted.configured?.href
    this.#isTrusted = this.#isConfigured
  }

  /** Where the endpoint is as far as is known. */
  get url(): string | undefined {
    return this.#url
  }

  /** Whether the issuer's last word was that it has none. */
  get isAbsent(): boolean {
    return this.#isAbsent
  }

  /** Finds the endpoint, asking the issuer where that is due. `undefined` when nobody knows. Never rejects. */
  async find(signal: AbortSignal | null): Promise<string | undefined> {
    if (this.#isTrusted) return this.#url
    const { issuer, named, transport, observer } = this.#wanted
    const answer = await askForMetadata(issuer, transport, signal)
    const url = answer.ok ? answer.value[named] : undefined
    if (answer.ok) this.#isAbsent = url === undefined
    if (url !== undefined) {
      this.#url = url
      this.#isTrusted = true
      if (named === 'jwksUri') observer({ type: 'metadata_fetched', issuer, jwksUri: url })
    } else {
      const failure = answer.ok ? FAILURE_WITHOUT[named] : answer.violation
      observer({ type: 'metadata_failed', issuer, failure })
    }
    return this.#url
  }

  /** Notes that the endpoint was of no use. A configured URL is kept all the same. */
  distrust(): void {
    this.#isTrusted = this.#isConfigured
  }
}
