/**
 * Where an issuer's JWK Set is fetched from: the configured URL, or the one that the issuer's metadata names.
 *
 * Finding the set is the first half of fetching it. So it happens inside the request that the remote key set makes,
 * and is under that request's rules: one at a time, one deadline over both halves, one cool-down that counts failed
 * attempts.
 *
 * Invariants
 *  (1) With a configured URL no metadata is read.
 *  (2) A URL learnt from metadata is kept while it serves. Once it is distrusted, metadata is read again before the
 *      next fetch, because the set may have moved; while that fails, the URL last known is tried.
 */
import { type IssuerIdentifier, metadataUrl } from '@mintmark/protocol'
import type { Observer, Transport } from '@mintmark/runtime'
import type { GuardEvent } from './events.ts'
import { askForJwksUri } from './jwks-uri.ts'
import type { ResolvedIssuer } from './trusted-issuers.ts'

/** Fetches one issuer's JWK Set document from wherever it is. */
export class KeySetSource {
  readonly #issuer: IssuerIdentifier
  readonly #isConfigured: boolean
  readonly #transport: Transport
  readonly #observer: Observer<GuardEvent>
  #url: string | undefined
  #isTrusted: boolean

  constructor(
    { issuer, jwksUri }: ResolvedIssuer,
    transport: Transport,
    observer: Observer<GuardEvent>,
  ) {
    this.#issuer = issuer
    this.#transport = transport
    this.#observer = observer
    this.#isConfigured = jwksUri !== undefined
    this.#url = jwksUri?.href
    this.#isTrusted = this.#isConfigured
  }

  /** Where the set is as far as is known; the metadata's own URL until it has been read. */
  get url(): string {
    return this.#url ?? metadataUrl(this.#issuer, 'oauth-authorization-server').href
  }

  /**
   * Fetches the set, whatever URL the caller thinks it has. Answers and rejects as the transport does, and rejects when
   * it is not known where the set is. Does not judge the answer: whoever does says {@link distrust} if it is no good.
   */
  async fetch(init: RequestInit = {}): Promise<Response> {
    const url = await this.#find(init.signal ?? null)
    if (url === undefined) throw new Error('the issuer does not say where its key set is')
    return await this.#transport(url, init)
  }

  /** Notes that the last fetch brought no usable set. A configured URL is kept all the same. */
  distrust(): void {
    this.#isTrusted = this.#isConfigured
  }

  async #find(signal: AbortSignal | null): Promise<string | undefined> {
    if (this.#isTrusted) return this.#url
    const issuer = this.#issuer
    const answer = await askForJwksUri(issuer, this.#transport, signal)
    if (answer.ok) {
      this.#url = answer.value
      this.#isTrusted = true
      this.#observer({ type: 'metadata_fetched', issuer, jwksUri: answer.value })
    } else {
      this.#observer({ type: 'metadata_failed', issuer, failure: answer.violation })
    }
    return this.#url
  }
}
