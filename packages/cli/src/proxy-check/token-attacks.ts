/** Attacks with more tokens than one, with a token in a wrong place, and with messages that might go without one. */
import { type Aftermath, type Attack, isKeptOut, request } from './attack.ts'
import { valuesOf } from './raw-exchange.ts'

const CHUNKS = '3\r\na=b\r\n0\r\n\r\n'

/** Two ways to say who is calling: whichever the proxy chose, the guard must not have seen just that one. */
function twoTokens(
  id: string,
  title: string,
  fieldsFor: (token: string) => readonly string[],
): Attack {
  return {
    ...{ id, title, references: [] },
    message: ({ guarded, host, token }) => request('GET', guarded, host, ...fieldsFor(token)),
    fault: ({ reached }) =>
      reached.length > 0 ? 'one of two tokens was taken, and the other ignored' : undefined,
  }
}

/** A request that some proxies let through to be answered by the API, or before they have read all of it. */
function unasked(
  id: string,
  title: string,
  method: string,
  fields: readonly string[] = [],
  body = '',
): Attack {
  return {
    ...{ id, title, references: [], fault: isKeptOut },
    message: ({ guarded, host }) => request(method, guarded, host, ...fields) + body,
  }
}

const methods = ['HEAD', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'].map((method) =>
  unasked(`no-token-${method.toLowerCase()}`, `${method} without a token`, method),
)

const preflight = unasked('preflight', 'what a browser asks before a request', 'OPTIONS', [
  ...['Origin: https://attacker.example', 'Access-Control-Request-Method: GET'],
  'Access-Control-Request-Headers: authorization',
])

const form = 'Content-Type: application/x-www-form-urlencoded'

/** Another protocol on the connection, in which nobody asks the guard any more. */
function upgrade(id: string, title: string, ...fields: readonly string[]): Attack {
  return {
    ...{ id: `upgrade-${id}`, title, references: [] },
    message: ({ guarded, host, token }) =>
      request('GET', guarded, host, `Authorization: Bearer ${token}`, ...fields),
    fault: offersUpgrade,
  }
}

function offersUpgrade({ reached, answers }: Aftermath): string | undefined {
  const offered = reached.some((each) => valuesOf(each, 'upgrade').includes('h2c'))
  const isSwitched = answers.some(({ status }) => status === 101)
  return offered || isSwitched ? 'the API may be made to speak HTTP/2 past the proxy' : undefined
}

/** All of them. */
export const tokenAttacks: readonly Attack[] = [
  twoTokens('good-then-bad', 'a good token and another one after it', (token) => [
    ...[`Authorization: Bearer ${token}`, 'Authorization: Bearer a.b.c'],
  ]),
  twoTokens('bad-then-good', 'a good token and another one before it', (token) => [
    ...['Authorization: Bearer a.b.c', `Authorization: Bearer ${token}`],
  ]),
  twoTokens('good-twice', 'the same token twice', (token) => [
    ...[`Authorization: Bearer ${token}`, `authorization: Bearer ${token}`],
  ]),
  twoTokens('token-list', 'two tokens in one field', (token) => [
    `Authorization: Bearer ${token}, Bearer a.b.c`,
  ]),
  twoTokens('basic-beside', 'a client secret beside a token', (token) => [
    ...[`Authorization: Bearer ${token}`, 'Authorization: Basic YTpi'],
  ]),
  ...methods,
  preflight,
  unasked('body-first', 'a body without a token', 'POST', ['Content-Length: 3'], 'a=b'),
  unasked('chunks-first', 'chunks without a token', 'POST', ['Transfer-Encoding: chunked'], CHUNKS),
  unasked(
    'expecting',
    'a body without a token, announced by Expect',
    ...(['POST', ['Content-Length: 3', 'Expect: 100-continue'], 'a=b'] as const),
  ),
  {
    ...{ id: 'token-in-body', title: 'a token in a form', references: [], fault: isKeptOut },
    message: ({ guarded, host, token }) => {
      const body = `access_token=${token}`
      return request('POST', guarded, host, form, `Content-Length: ${body.length}`) + body
    },
  },
  upgrade(
    ...([
      'h2c',
      'an offer to speak HTTP/2 without TLS',
      'Connection: Upgrade, HTTP2-Settings, close',
    ] as const),
    ...['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
  ),
  upgrade(
    ...(['h2c-alone', 'the same without its settings', 'Connection: Upgrade, close'] as const),
    'Upgrade: h2c',
  ),
]
