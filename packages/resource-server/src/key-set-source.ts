/**
 * Where an issuer's JWK Set is fetched from: the configured URL, or the one that the issuer's metadata names.
 *
 * Finding the set is the first half of fetching it. So it happens inside the request that the remote key set makes,
 * and is under that request's rules: one at a time, one deadline over both halves, one cool-down that counts failed
 * attempts.
 */
import { metadataUrl } from '@mintmark/protocol'
import type { Observer, Transport } from '@mintmark/runtime'
import type { GuardEvent } from './events.ts'
import { IssuerEndpoint } from './issuer-endpoint.ts'
import type { ResolvedIssuer } from './trusted-issuers.ts'

/** Fetches one issuer's JWK Set document from wherever it is. */
export class KeySetSource {
  readonly #endpoint: IssuerEndpoint
  readonly #transport: Transport
  readonly #metadataUrl: string

  constructor(
    { issuer, jwksUri }: Pick<ResolvedIssuer, 'issuer' | 'jwksUri'>,
    transport: Transport,
    observer: Observer<GuardEvent>,
  ) {
    this.#transport = transport
    this.#metadataUrl = metadataUrl(issuer, 'oauth-authorization-server').href
    this.#endpoint = new IssuerEndpoint({
      issuer,
      configured: jwksUri,
      named: 'jwksUri',
      transport,
      observer,
    })
  }

  /** Where the set is as far as is known; the metadata's own URL until it has been read. */
  get url(): string {
    return this.#endpoint.url ?? this.#metadataUrl
  }

  /** Whether the issuer says that it has no set: it signs nothing. */
  get isAbsent(): boolean {
    return this.#endpoint.isAbsent
  }

  /**
   * Fetches the set, whatever URL the caller thinks it has. Answers and rejects as the transport does, and rejects when
   * it is not known where the set is. Does not judge the answer: whoever does says {@link distrust} if it is no good.
   */
  async fetch(init: RequestInit = {}): Promise<Response> {
    const url = await this.#endpoint.find(init.signal ?? null)
    if (url === undefined) throw new Error('the issuer does not say where its key set is')
    return await this.#transport(url, init)
  }

  /** Notes that the last fetch brought no usable set. */
  distrust(): void {
    this.#endpoint.distrust()
  }
}
