/**
 * What a guard reads from a request, whatever framework it came through: the values of one header field, and
 * whether the query carries an access token. Nothing is copied and nothing else is looked at.
 */

/** The Fetch standard's `Headers`, as far as a guard needs them. */
export interface HeaderLookup {
  get(name: string): string | null
}

/** Header fields by name in any letter case, as `node:http` and serverless platforms hand them over. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * A request as a guard sees it: a Fetch `Request`, an `IncomingMessage` of `node:http` or `node:http2`, or any
 * object with `headers`.
 */
export interface GuardedRequest {
  readonly headers: HeaderLookup | HeaderRecord
  /**
   * Names and values in turn, as they came over the connection. Preferred to `headers` where present, because
   * `node:http` keeps only the first of two `Authorization` fields there. A value that a middleware wrote into
   * `headers` afterwards is therefore not seen. Empty counts as absent: that is what a message of `node:http` has that
   * came over no connection, as adapters for serverless platforms make them.
   */
  readonly rawHeaders?: readonly string[] | undefined
  /**
   * Absolute or relative; only its query is looked at, for a parameter named `access_token`, and its path for a token
   * that is bound to a key.
   */
  readonly url?: string | undefined
  /**
   * The URL before a router took the prefix of its mount off, as Express, Koa and others keep it; only looked at for a
   * token that is bound to a key, in place of `url`.
   */
  readonly originalUrl?: string | undefined
  /** The request's method; only looked at for a token that is bound to a key. */
  readonly method?: string | undefined
  /**
   * The connection of `node:http` and its like; only looked at for a token that is bound to a certificate (one of
   * TLS has `getPeerCertificate`), and by rings for `remoteAddress`.
   */
  readonly socket?: object | undefined
  /** What the platform handed over, where an adapter shows the guard something made of it; for `clientCertificate`. */
  readonly original?: object | undefined
  /** The address of the other end of the connection, where there is no `socket` to ask; only looked at by rings. */
  readonly peerAddress?: string | undefined
}

const AUTHORIZATION = 'authorization'
const QUERY_PARAMETER = 'access_token'

/** More than one `Authorization` field: none of them can be relied on (RFC 9110 section 5.3). */
export const REPEATED: unique symbol = Symbol('repeated')

/** The value of the `Authorization` field; `undefined` without one. */
export function authorizationValue(request: GuardedRequest): string | undefined | typeof REPEATED {
  const { headers } = request
  const pairs = pairsOf(request)
  if (pairs !== undefined) return fromPairs(pairs)
  if (isHeaderLookup(headers)) return headers.get(AUTHORIZATION) ?? undefined
  return fromRecord(headers)
}

/** The address of the other end of the connection; `undefined` for one that has none, and where nobody knows. */
export function peerAddressOf({ peerAddress, socket }: GuardedRequest): string | undefined {
  if (peerAddress !== undefined) return peerAddress
  return (socket as { readonly remoteAddress?: string } | undefined)?.remoteAddress
}

/** The values of the field `name`, which is in lower case, in the order in which they came. */
export function fieldValues(request: GuardedRequest, name: string): readonly string[] {
  const { headers } = request
  const pairs = pairsOf(request)
  if (pairs !== undefined) {
    return pairs.filter((_, at) => at % 2 === 1 && isNamed(pairs[at - 1] as string, name))
  }
  if (isHeaderLookup(headers)) return [headers.get(name) ?? []].flat()
  return Object.keys(headers)
    .filter((key) => isNamed(key, name))
    .flatMap((key) => headers[key] ?? [])
}

/** `rawHeaders` that say something: see there. */
function pairsOf({ rawHeaders }: GuardedRequest): readonly string[] | undefined {
  return rawHeaders?.length ? rawHeaders : undefined
}

function isNamed(given: string, name: string): boolean {
  return given.length === name.length && given.toLowerCase() === name
}

/**
 * Tells whether the URL's query has a parameter named `access_token` (RFC 6750 section 2.3), spelled literally.
 * The value is not read.
 */
export function hasTokenInQuery(request: GuardedRequest): boolean {
  const { url } = request
  if (url === undefined) return false
  const queryStart = url.indexOf('?')
  if (queryStart < 0) return false
  for (let at = queryStart; at >= 0; at = url.indexOf('&', at + 1)) {
    if (url.startsWith(QUERY_PARAMETER, at + 1) && endsName(url, at + 1 + QUERY_PARAMETER.length)) {
      return true
    }
  }
  return false
}

function endsName(url: string, at: number): boolean {
  return at === url.length || url[at] === '=' || url[at] === '&' || url[at] === '#'
}

function fromPairs(pairs: readonly string[]): string | undefined | typeof REPEATED {
  let found: string | undefined
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    if (!isAuthorization(pairs[at] as string)) continue
    if (found !== undefined) return REPEATED
    found = pairs[at + 1]
  }
  return found
}

function fromRecord(headers: HeaderRecord): string | undefined | typeof REPEATED {
  const values = Object.keys(headers)
    .filter(isAuthorization)
    .flatMap((name) => headers[name] ?? [])
  return values.length > 1 ? REPEATED : values[0]
}

/** The length is compared first: it settles nearly every field of a request without looking at characters. */
function isAuthorization(name: string): boolean {
  return name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION
}

function isHeaderLookup(headers: HeaderLookup | HeaderRecord): headers is HeaderLookup {
  return typeof headers.get === 'function'
}
