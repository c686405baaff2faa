/**
 * SASL OAUTHBEARER for clients of Kafka in the style of kafkajs (RFC 7628, requirement C14).
 *
 * ```ts
 * import { kafkaOauthBearerProvider } from '@mintmark/client/kafka'
 * import { Kafka } from 'kafkajs'
 *
 * const sasl = { mechanism: 'oauthbearer', oauthBearerProvider: kafkaOauthBearerProvider(client) }
 * const kafka = new Kafka({ brokers: ['kafka.example:9093'], ssl: true, sasl })
 * ```
 */
import { kafkaFloorSeconds } from '../limits.ts'
import type { TokenClient } from '../token-client.ts'

/** What goes along with the token. */
export interface KafkaOauthBearerOptions {
  /** Whom the broker shall see. `@confluentinc/kafka-javascript` asks for one; kafkajs sends none. Default: empty. */
  readonly principal?: string
  /** SASL extensions, such as `logicalCluster`. Default: none. */
  readonly extensions?: Readonly<Record<string, string>>
  /**
   * The life that the token must have left, in seconds, from 0: the broker lets the session end with it. See
   * `TokenCallOptions`. Default 60.
   */
  readonly minTtlSeconds?: number
}

/** What such a provider gives. Contains the token. */
export interface KafkaOauthBearer {
  readonly value: string
  readonly principal: string
  /** When the token ends, in milliseconds of wall time. */
  readonly lifetime: number
  readonly extensions: Readonly<Record<string, string>>
}

/**
 * Makes the option `oauthBearerProvider`. It gives the cached token, for every connection and every re-authentication.
 *
 * The provider rejects with `TokenAcquisitionError` without a token, and with `RangeError` for `minTtlSeconds` out of
 * range. The origins that a token may be sent to do not bind here: Kafka has no URLs, and the brokers are chosen where
 * the provider is given. Tokens go over the connection as they are, so use TLS. A broker that refuses a token does not
 * say why; the token stays in use until its renewal. Not for tokens that are bound by DPoP.
 */
export function kafkaOauthBearerProvider(
  client: Pick<TokenClient, 'token'>,
  {
    principal = '',
    extensions = {},
    minTtlSeconds = kafkaFloorSeconds,
  }: KafkaOauthBearerOptions = {},
): () => Promise<KafkaOauthBearer> {
  return async () => {
    const token = await client.token({ minTtlSeconds })
    const lifetime = token.expiresAt.getTime()
    return { value: token.reveal(), principal, lifetime, extensions }
  }
}
