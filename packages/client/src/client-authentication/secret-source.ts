/** Where a client secret comes from: a text, or a function that is asked before each attempt. */
import { type ClientSecret, redact } from '@mintmark/protocol'
import { secretLengthMax } from '../limits.ts'

/**
 * A client secret, or a function that gives it. The function is called for each token request, so
 * that a rotated secret takes effect without a restart.
 */
export type SecretSource = string | (() => string | Promise<string>)

/**
 * Turns a source into a reader that hands out redacted secrets.
 *
 * Throws `TypeError` at once for a source that is neither a function nor a text of 1 to 4,096
 * characters that UTF-8 can express; the reader rejects with the same for what a function gives.
 * Neither names the text.
 */
export function secretReader(source: SecretSource): () => Promise<ClientSecret> {
  if (typeof source === 'function') {
    let last: ClientSecret | undefined
    return async () => {
      const secret = secretFrom(await source())
      // The same text gives the same object, by which the fingerprint of an unchanged secret is
      // remembered.
      if (last?.reveal() !== secret.reveal()) last = secret
      return last ?? secret
    }
  }
  const secret = secretFrom(source)
  return async () => secret
}

function secretFrom(text: unknown): ClientSecret {
  if (typeof text !== 'string' || text === '' || text.length > secretLengthMax) {
    throw new TypeError(
      `clientSecret: expected 1 to ${secretLengthMax} characters, or a function that gives them`,
    )
  }
  if (LONE_SURROGATE.test(text)) throw new TypeError('clientSecret: not expressible in UTF-8')
  return redact('client secret', text)
}

const LONE_SURROGATE = /\p{Surrogate}/u
