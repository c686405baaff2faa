/**
 * What a token endpoint was sent, read with what the platform brings: a stand-in that used the parsers under test
 * would agree with them whatever they do.
 */

/** A token request as it arrived. Contains the raw credentials. */
export interface ReceivedTokenRequest {
  readonly method: string
  readonly path: string
  /** Without its parameters, in lower case; empty when not sent. */
  readonly mediaType: string
  /** Every parameter of a form, or member of a JSON object, that is a text. The first one wins. */
  readonly parameters: Readonly<Record<string, string>>
  /** Credentials of the `Authorization` header, percent-decoded; `undefined` without a Basic header. */
  readonly basic: { readonly clientId: string; readonly clientSecret: string } | undefined
  /** The `DPoP` header. */
  readonly proof: string | undefined
  readonly headers: Headers
}

/** Reads a request to its end. A body that cannot be read has no parameters. */
export async function receiveTokenRequest(request: Request): Promise<ReceivedTokenRequest> {
  const { headers, method } = request
  const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return {
    ...{ method, headers, mediaType },
    path: new URL(request.url).pathname,
    parameters: parametersOf(mediaType, await request.text()),
    basic: basicOf(headers.get('authorization') ?? ''),
    proof: headers.get('dpop') ?? undefined,
  }
}

/** The credentials of header or body, whichever has them. */
export function credentialsOf({ basic, parameters }: ReceivedTokenRequest): {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
} {
  const { client_id: clientId, client_secret: clientSecret } = parameters
  return basic ?? { clientId, clientSecret }
}

function parametersOf(mediaType: string, body: string): Readonly<Record<string, string>> {
  if (mediaType === 'application/x-www-form-urlencoded') {
    return Object.fromEntries([...new URLSearchParams(body)].reverse())
  }
  if (mediaType !== 'application/json') return {}
  const members = Object.entries(membersOf(body))
  return Object.fromEntries(
    members.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function membersOf(body: string): object {
  try {
    return Object(JSON.parse(body))
  } catch {
    return {}
  }
}

function basicOf(authorization: string): ReceivedTokenRequest['basic'] {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const [clientId = '', ...rest] = atob(encoded).split(':')
  return { clientId: decoded(clientId), clientSecret: decoded(rest.join(':')) }
}

function decoded(part: string): string {
  return decodeURIComponent(part.replaceAll('+', ' '))
}
