/** Answers as Node's libraries give them, reduced to what is to be told of them. */
import type { ResourceAnswer } from '../request-authorizer.ts'

/** Header fields with names in lower case; repeated ones as a list or joined. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * What `reauthorize` wants to know of an answer.
 *
 * @param url - The one that answered, where redirects were followed.
 */
export function resourceAnswer(
  status: number,
  headers: ReceivedHeaders,
  url: string | undefined,
): ResourceAnswer {
  return {
    status,
    wwwAuthenticate: status === 401 ? joined(headers['www-authenticate']) : null,
    dpopNonce: joined(headers['dpop-nonce']),
    url,
  }
}

function joined(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : value.join(', ')
}
