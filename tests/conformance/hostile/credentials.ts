/** Credentials that are wrong, doubled, in the wrong place or written oddly (RFC 6749 section 2.3, RFC 7617). */
import {
  answered,
  basicOf,
  FORM_TYPE,
  GRANT,
  type HostileRequest,
  head,
  MARKER,
  refused,
  type Target,
  TOKEN_PATH,
  utf8,
  withBody,
  withForm,
  withHeaders,
  withOnly,
} from './hostile-request.ts'

type Send = HostileRequest['send']

const invalidClient = (title: string, send: Send) => refused(401, 'invalid_client', title, send)
const invalidRequest = (title: string, send: Send) => refused(400, 'invalid_request', title, send)

const granted = (title: string, send: Send) => answered(200, title, send)

function authorization(value: (target: Target) => string): Send {
  return (target) => withForm(GRANT, `Authorization: ${value(target)}`)
}

/** Of the pair `id:secret` in Base64. */
function token({ basic }: Target): string {
  return basic.slice('Basic '.length)
}

const pair = ({ id, secret }: Target): string => `${id}:${secret}`

const malformed: readonly (readonly [title: string, value: (target: Target) => string])[] = [
  ['no scheme', token],
  ['the scheme alone', () => 'Basic'],
  ['the scheme and a space', () => 'Basic '],
  ['nothing', () => ''],
  ['the Bearer scheme', (target) => `Bearer ${token(target)}`],
  ['the Digest scheme', () => `Digest username="${MARKER}", realm="a", nonce="b", uri="/"`],
  ['the Negotiate scheme', () => `Negotiate ${MARKER}`],
  ['the DPoP scheme', () => `DPoP ${MARKER}`],
  ['an unknown scheme', () => `${MARKER} abc`],
  ['Basic glued to another word', (target) => `Basic${token(target)}`],
  ['a tab behind the scheme', (target) => `Basic\t${token(target)}`],
  ['two Basic values joined by a comma', ({ basic }) => `${basic}, ${basic}`],
  ['Basic and Bearer joined by a comma', ({ basic }) => `${basic}, Bearer ${MARKER}`],
  ['a parameter behind the credentials', ({ basic }) => `${basic}; a=b`],
  ['something behind the credentials', ({ basic }) => `${basic} ${MARKER}`],
  ['credentials in quotes', (target) => `Basic "${token(target)}"`],
  ['text that is no Base64', () => `Basic !${MARKER}!`],
  ['Base64 with a bit too many', () => 'Basic YTpiY2Rlj='],
  ['Base64 without its padding', () => 'Basic YTpiYw'],
  ['Base64 with too much padding', () => 'Basic YTpiYw===='],
  ['base64url', () => `Basic ${basicOf('\xff\xfe:\xff').slice(6).replaceAll('/', '_')}`],
  ['a space within the Base64', ({ basic }) => `${basic.slice(0, 12)} ${basic.slice(12)}`],
  ['no colon', () => basicOf(MARKER)],
  ['a colon alone', () => basicOf(':')],
  ['no id', ({ secret }) => basicOf(`:${secret}`)],
  ['no secret', ({ id }) => basicOf(`${id}:`)],
  ['a colon before the id', (target) => basicOf(`:${pair(target)}`)],
  ['a colon behind the secret', (target) => basicOf(`${pair(target)}:`)],
  ['a NUL behind the secret', (target) => basicOf(`${pair(target)}\0`)],
  ['a NUL behind the id', ({ id, secret }) => basicOf(`${id}\0:${secret}`)],
  ['an encoded NUL behind the id', ({ id, secret }) => basicOf(`${id}%00:${secret}`)],
  ['a line break behind the secret', (target) => basicOf(`${pair(target)}\r\n`)],
  ['a space before the id', (target) => basicOf(` ${pair(target)}`)],
  ['the id in capital letters', ({ id, secret }) => basicOf(`${id.toUpperCase()}:${secret}`)],
  ['the id twice', ({ id, secret }) => basicOf(`${id}:${id}:${secret}`)],
  ['octets that are no UTF-8', ({ id }) => basicOf(`${id}:\xff\xfe`)],
  ['an overlong secret', ({ id }) => basicOf(`${id}:%C1%A1`)],
  ['a percent sign alone', ({ id }) => basicOf(`${id}:%`)],
  ['a surrogate', ({ id }) => basicOf(`${id}:%ED%A0%80`)],
  ['a secret of 4 KB', ({ id }) => basicOf(`${id}:${'s'.repeat(4_000)}`)],
  ['credentials of 11 KB', ({ id }) => basicOf(`${id}:${'s'.repeat(8_000)}`)],
  ['a byte order mark', (target) => basicOf(`${utf8('\ufeff')}${pair(target)}`)],
  ['an unknown client', ({ secret }) => basicOf(`${MARKER}:${secret}`)],
  ['a wrong secret', ({ id }) => basicOf(`${id}:${MARKER}`)],
  ['the names of members of objects', () => basicOf('__proto__:constructor')],
  ['an injection for a database', () => basicOf(`' or 1=1 --:${MARKER}`)],
]

const inBody = (target: Target, more = ''): string =>
  `${GRANT}&client_id=${target.id}&client_secret=${target.secret}${more}`

/** All of them. */
export const credentials: readonly HostileRequest[] = [
  ...malformed.map(([title, value]) =>
    invalidClient(`Basic credentials with ${title}`, authorization(value)),
  ),
  granted(
    'the scheme in small letters',
    authorization((target) => `basic ${token(target)}`),
  ),
  granted(
    'the scheme in capitals and three spaces',
    authorization((target) => `BASIC   ${token(target)}`),
  ),
  granted(
    'an id whose every letter is encoded',
    authorization(({ id, secret }) =>
      basicOf(`${[...id].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('')}:${secret}`),
    ),
  ),
  invalidRequest('two Authorization headers', withHeaders('Authorization: Basic eDp5')),
  invalidRequest('the same Authorization twice', (target) =>
    withHeaders(`AUTHORIZATION: ${target.basic}`)(target),
  ),
  invalidRequest('an empty second Authorization', withHeaders('Authorization:')),
  invalidClient('Proxy-Authorization alone', ({ basic }) =>
    withForm(GRANT, `Proxy-Authorization: ${basic}`),
  ),
  invalidClient('an Authorization with an underscore', ({ basic }) =>
    withForm(GRANT, `Authorization_: ${basic}`),
  ),
  invalidRequest('Basic and a secret in the body', (target) =>
    withBody(`${GRANT}&client_secret=${target.secret}`)(target),
  ),
  invalidRequest('Basic and a client assertion', withBody(`${GRANT}&client_assertion=${MARKER}`)),
  invalidRequest('Basic and another id in the body', withBody(`${GRANT}&client_id=${MARKER}`)),
  granted('Basic and the same id in the body', (target) =>
    withBody(`${GRANT}&client_id=${target.id}`)(target),
  ),
  granted('Basic and an empty secret in the body', withBody(`${GRANT}&client_secret=`)),
  granted('credentials in the body', (target) => withForm(inBody(target))),
  invalidClient('an id alone in the body', ({ id }) => withForm(`${GRANT}&client_id=${id}`)),
  invalidClient('a secret alone in the body', ({ secret }) =>
    withForm(`${GRANT}&client_secret=${secret}`),
  ),
  invalidClient('an empty id in the body', ({ secret }) =>
    withForm(`${GRANT}&client_id=&client_secret=${secret}`),
  ),
  invalidClient('a NUL behind the secret in the body', (target) => withForm(inBody(target, '%00'))),
  invalidClient('a space behind the secret in the body', (target) => withForm(inBody(target, '+'))),
  invalidRequest('two ids in the body', (target) =>
    withForm(inBody(target, `&client_id=${MARKER}`)),
  ),
  invalidRequest('two secrets in the body', (target) =>
    withForm(inBody(target, `&client_secret=${MARKER}`)),
  ),
  invalidRequest('the second secret under an encoded name', (target) =>
    withForm(inBody(target, `&client%5Fsecret=${MARKER}`)),
  ),
  invalidClient('the secret under a name with brackets', ({ id, secret }) =>
    withForm(`${GRANT}&client_id=${id}&client_secret[]=${secret}`),
  ),
  invalidClient('names in capital letters', ({ id, secret }) =>
    withForm(`${GRANT}&CLIENT_ID=${id}&CLIENT_SECRET=${secret}`),
  ),
  invalidClient(
    'credentials in the query',
    ({ id, secret }) =>
      head(
        `POST ${TOKEN_PATH}?client_id=${id}&client_secret=${secret} HTTP/1.1`,
        'Host: a',
        FORM_TYPE,
        `Content-Length: ${GRANT.length}`,
      ) + GRANT,
  ),
  invalidRequest('the grant type in the query', ({ basic }) =>
    head(
      `POST ${TOKEN_PATH}?${GRANT} HTTP/1.1`,
      'Host: a',
      FORM_TYPE,
      `Authorization: ${basic}`,
      'Content-Length: 0',
    ),
  ),
  invalidClient(
    'credentials in the target',
    ({ id, secret }) =>
      head(
        `POST http://${id}:${secret}@a${TOKEN_PATH} HTTP/1.1`,
        'Host: a',
        FORM_TYPE,
        `Content-Length: ${GRANT.length}`,
      ) + GRANT,
  ),
  invalidClient('credentials in cookies', ({ id, secret }) =>
    withForm(GRANT, `Cookie: client_id=${id}; client_secret=${secret}`),
  ),
  invalidClient('a client certificate that somebody claims', ({ id }) =>
    withForm(
      `${GRANT}&client_id=${id}`,
      `Client-Cert: :${MARKER}:`,
      `X-SSL-Client-Cert: ${MARKER}`,
    ),
  ),
  invalidClient('a client assertion of garbage', ({ id }) =>
    withForm(`${GRANT}&client_id=${id}&client_assertion=${MARKER}&client_assertion_type=${MARKER}`),
  ),
  invalidClient('nothing at all', () => withOnly([FORM_TYPE])),
]
