/**
 * Requests with a bearer token as `node:http` hands them over: every string is new to the engine. A benchmark that
 * looks up the same string object again and again measures a hash that was computed once.
 */

/** A request as far as a guard looks at it. */
export interface FreshRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawHeaders: readonly string[]
}

/** Returns a function that makes a request with the next of `tokens`, in turn, out of bytes. */
export function freshRequests(tokens: readonly string[]): () => FreshRequest {
  const values = tokens.map((token) => `Bearer ${token}`)
  const bytes = Buffer.from(values.join(''), 'latin1')
  const ends: number[] = []
  for (const value of values) ends.push((ends.at(-1) ?? 0) + value.length)
  let at = 0
  let start = 0
  return () => {
    const end = ends[at] as number
    const authorization = bytes.toString('latin1', start, end)
    at = at + 1 === ends.length ? 0 : at + 1
    start = at === 0 ? 0 : end
    return {
      url: '/orders',
      headers: { host: 'api.example', connection: 'keep-alive', authorization },
      rawHeaders: [
        'Host',
        'api.example',
        'Connection',
        'keep-alive',
        'Authorization',
        authorization,
      ],
    }
  }
}
