/** Where a client secret comes from: a text, or a function that is asked before each attempt. */
import { type ClientSecret, redact } from '@mintmark/protocol'
import { secretLengthMax } from '../limits.ts'
import { isExpressible } from '../option-value.ts'

/**
 * A client secret, or a function that gives it, such as `textFile(path)`. The function is called for
 * each attempt to get a token, so that a rotated secret takes effect without a restart.
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
  if (typeof source === 'function') return async () => secretFrom(await source())
  const secret = secretFrom(source)
  return async () => secret
}

function secretFrom(text: unknown): ClientSecret {
  if (typeof text !== 'string' || text === '' || text.length > secretLengthMax) {
    throw new TypeError(
      `clientSecret: expected 1 to ${secretLengthMax} characters, or a function that gives them`,
    )
  }
  if (!isExpressible(text)) throw new TypeError('clientSecret: not expressible in UTF-8')
  return redact('client secret', text)
}
