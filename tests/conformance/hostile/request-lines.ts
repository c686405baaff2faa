/** Request lines, targets and methods that are wrong, odd or too much (RFC 9110 section 9, RFC 9112 section 3). */
import {
  answered,
  closed,
  GRANT,
  goodHeaders,
  goodRequest,
  HOST,
  type HostileRequest,
  head,
  MARKER,
  TOKEN_PATH,
} from './hostile-request.ts'

function line(requestLine: string): HostileRequest['send'] {
  return (target) => head(requestLine, ...goodHeaders(target)) + GRANT
}

const brokenLines = [
  `POST ${TOKEN_PATH}`,
  `POST HTTP/1.1`,
  ` POST ${TOKEN_PATH} HTTP/1.1`,
  `POST\t${TOKEN_PATH} HTTP/1.1`,
  `POST ${TOKEN_PATH} HTTP/1.1 ${MARKER}`,
  `POST ${TOKEN_PATH} HTTP/1.2`,
  `POST ${TOKEN_PATH} HTTP/2.0`,
  `POST ${TOKEN_PATH} HTTP/0.9`,
  `POST ${TOKEN_PATH} HTTP/1`,
  `POST ${TOKEN_PATH} HTTP/11.1`,
  `POST ${TOKEN_PATH} http/1.1`,
  `POST ${TOKEN_PATH} HTTPS/1.1`,
  `POST ${TOKEN_PATH} ICY/1.1`,
  `post ${TOKEN_PATH} HTTP/1.1`,
  `${MARKER} ${TOKEN_PATH} HTTP/1.1`,
  `P\x00ST ${TOKEN_PATH} HTTP/1.1`,
  `POST /oauth/\x00token HTTP/1.1`,
  `POST ${TOKEN_PATH}\x01 HTTP/1.1`,
  `POST ${TOKEN_PATH}\x7f HTTP/1.1`,
  `POST ${TOKEN_PATH} ${MARKER} HTTP/1.1`,
  `POST /oauth/t\xf6ken HTTP/1.1`,
  `POST oauth/token HTTP/1.1`,
  `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${MARKER}`,
]

/** Ways of writing the path of the token endpoint that are other paths. */
const aliases = [
  '/oauth/%74oken',
  '/oauth%2Ftoken',
  '/oauth/token/',
  '//oauth/token',
  '/oauth//token',
  '/oauth/./token',
  '/oauth/../oauth/token',
  '/OAuth/token',
  '/oauth/token;x=1',
  '/oauth/token%00',
  '/oauth/token%20',
  '/oauth/token%3Fa=b',
  '/oauth\\token',
  '/oauth/token.json',
  `/${MARKER}`,
  `/%${MARKER}`,
  '/__proto__',
  '/constructor',
  '/',
  '*',
  'http://issuer.example',
  `http://issuer.example/${MARKER}`,
  'http:///oauth/token',
  'ftp://issuer.example/oauth/token',
]

/** All of them. */
export const requestLines: readonly HostileRequest[] = [
  ...brokenLines.map((each) => closed(400, `the line ${JSON.stringify(each)}`, line(each))),
  closed(408, 'HTTP/0.9', () => `GET /${MARKER}\r\n`),
  closed(400, 'HTTP/0.9 with an empty line', () => `GET /${MARKER}\r\n\r\n`),
  answered(200, 'two spaces in the request line', line(`POST  ${TOKEN_PATH} HTTP/1.1`)),
  closed(400, 'the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  closed(400, 'a line without an end', () => `\x00${MARKER}`),
  closed(431, 'a request line of 20 KB', line(`POST /${'a'.repeat(20_000)} HTTP/1.1`)),
  closed(431, 'a query of 20 KB', line(`POST ${TOKEN_PATH}?${'a'.repeat(20_000)} HTTP/1.1`)),
  answered(404, 'a path of 8 KB', line(`POST /${'a'.repeat(8_000)} HTTP/1.1`)),
  ...aliases.map((path) =>
    answered(404, `the target ${JSON.stringify(path)}`, line(`POST ${path} HTTP/1.1`)),
  ),
  answered(200, 'a query on the endpoint', line(`POST ${TOKEN_PATH}?${MARKER}=1 HTTP/1.1`)),
  answered(200, 'the absolute form', line(`POST http://issuer.example${TOKEN_PATH} HTTP/1.1`)),
  answered(200, 'the absolute form in capitals', line(`POST HTTP://A:80${TOKEN_PATH}?a HTTP/1.1`)),
  answered(404, 'a fragment', line(`POST ${TOKEN_PATH}#${MARKER} HTTP/1.1`)),
  ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'].map((method) =>
    answered(405, `${method} at the token endpoint`, line(`${method} ${TOKEN_PATH} HTTP/1.1`)),
  ),
  {
    ...answered(405, 'HEAD at the token endpoint', line(`HEAD ${TOKEN_PATH} HTTP/1.1`)),
    method: 'HEAD',
  },
  answered(404, 'OPTIONS *', line('OPTIONS * HTTP/1.1')),
  answered(404, 'TRACE elsewhere', () => head('TRACE / HTTP/1.1', HOST, `X-Echo: ${MARKER}`)),
  answered(
    405,
    'POST at the metadata',
    line('POST /.well-known/oauth-authorization-server HTTP/1.1'),
  ),
  answered(405, 'DELETE at the JWK Set', line('DELETE /oauth/jwks HTTP/1.1')),
  ...['/.well-known/oauth-authorization-server', '/oauth/jwks'].flatMap((path) => [
    { ...answered(200, `HEAD ${path}`, () => head(`HEAD ${path} HTTP/1.1`, HOST)), method: 'HEAD' },
    answered(200, `GET ${path} with a body`, line(`GET ${path} HTTP/1.1`)),
  ]),
  answered(404, 'metadata of another issuer', () =>
    head('GET /.well-known/oauth-authorization-server/other HTTP/1.1', HOST),
  ),
  answered(404, 'metadata appended to a path', () =>
    head('GET /other/.well-known/oauth-authorization-server HTTP/1.1', HOST),
  ),
  closed(405, 'CONNECT', () => head(`CONNECT ${MARKER}:443 HTTP/1.1`, HOST)),
  closed(405, 'CONNECT to the token endpoint', line(`CONNECT ${TOKEN_PATH} HTTP/1.1`)),
  {
    title: 'CONNECT behind a good request, in their order',
    send: (target) => goodRequest(target) + head(`CONNECT ${MARKER}:443 HTTP/1.1`, HOST),
    statuses: [200, 405],
    ending: 'closed',
  },
]
