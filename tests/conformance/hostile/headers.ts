/** Headers that are wrong, odd, doubled or too much (RFC 9110 sections 5, 7 and 10, RFC 9112 sections 3.2 and 5). */
import {
  answered,
  closed,
  GRANT,
  goodHeaders,
  goodRequest,
  HOST,
  type HostileRequest,
  head,
  LINE,
  MARKER,
  TOKEN_PATH,
  withHeaders,
} from './hostile-request.ts'

const brokenHeaders = [
  `${MARKER}`,
  `: ${MARKER}`,
  `X Header: a`,
  `X-H\x00eader: a`,
  `X-Header: a\x00b`,
  `X-Header: a\x01b`,
  `X-Header: a\x08b`,
  `X-Header: a\x0bb`,
  `X-Header: a\x7fb`,
  `X-H\xe4ader: a`,
  `X-Header(: a`,
  `"X-Header": a`,
]

const badHosts = [`a b`, `a/b`, `a@b`, `http://a`, `a:b`, `[a`, `a\\b`, `<${MARKER}>`, `\xe4`]

/** All of them. */
export const headers: readonly HostileRequest[] = [
  answered(
    200,
    'an offer to upgrade to HTTP/2',
    withHeaders(
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    ),
  ),
  answered(
    200,
    'an offer to upgrade to WebSocket',
    withHeaders(
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
  ),
  closed(200, 'a request for the connection to be closed', withHeaders('Connection: close')),
  closed(
    200,
    'HTTP/1.0',
    (target) => head(`POST ${TOKEN_PATH} HTTP/1.0`, ...goodHeaders(target)) + GRANT,
  ),
  closed(
    200,
    'HTTP/1.0 without a host',
    (target) => head(`POST ${TOKEN_PATH} HTTP/1.0`, ...goodHeaders(target).slice(1)) + GRANT,
  ),
  answered(
    200,
    'HTTP/1.0 that is kept alive',
    (target) =>
      head(`POST ${TOKEN_PATH} HTTP/1.0`, ...goodHeaders(target), 'Connection: keep-alive') + GRANT,
  ),
  closed(400, 'no host', (target) => head(LINE, ...goodHeaders(target).slice(1)) + GRANT),
  closed(400, 'two hosts', withHeaders(`Host: ${MARKER}`)),
  closed(400, 'the same host twice', withHeaders(HOST)),
  closed(
    400,
    'two hosts in HTTP/1.0',
    (target) => head(`POST ${TOKEN_PATH} HTTP/1.0`, ...goodHeaders(target), HOST) + GRANT,
  ),
  ...badHosts.map((host) =>
    closed(
      400,
      `the host ${JSON.stringify(host)}`,
      (target) => head(LINE, `Host: ${host}`, ...goodHeaders(target).slice(1)) + GRANT,
    ),
  ),
  ...['', 'a,b', 'issuer.example:8443', '[::1]:80', '127.0.0.1', 'evil.example'].map((host) =>
    answered(
      200,
      `the host ${JSON.stringify(host)}`,
      (target) => head(LINE, `Host: ${host}`, ...goodHeaders(target).slice(1)) + GRANT,
    ),
  ),
  ...brokenHeaders.map((each) =>
    closed(400, `the header ${JSON.stringify(each)}`, withHeaders(each)),
  ),
  answered(200, 'a header of octets above ASCII', withHeaders(`X-Header: \xff\xfe${MARKER}`)),
  answered(200, 'an empty header', withHeaders('X-Header:')),
  answered(
    200,
    'headers named like members of objects',
    withHeaders('__proto__: a', 'constructor: b', 'toString: c'),
  ),
  closed(431, 'a header of 20 KB', withHeaders(`X-Header: ${'a'.repeat(20_000)}`)),
  closed(431, 'a header name of 20 KB', withHeaders(`${'a'.repeat(20_000)}: a`)),
  closed(
    431,
    'ten thousand headers',
    withHeaders(...Array.from({ length: 10_000 }, (_, at) => `X-${at}: a`)),
  ),
  closed(431, 'headers without an end', (target) => [
    goodRequest(target).slice(0, -GRANT.length - 2),
    `X-Header: ${'a'.repeat(40_000)}`,
  ]),
  answered(
    200,
    'three thousand short headers',
    withHeaders(...Array.from({ length: 3_000 }, () => 'a:')),
  ),
  {
    title: 'a second Authorization behind three thousand headers',
    send: withHeaders(...Array.from({ length: 3_000 }, () => 'a:'), 'Authorization: Basic eDp5'),
    statuses: [400],
    ending: 'open',
    error: 'invalid_request',
  },
  {
    title: 'the expectation 100-continue, with 100 first',
    send: withHeaders('Expect: 100-continue'),
    statuses: [100, 200],
    ending: 'open',
  },
  ...[`200-ok`, `100-continue, ${MARKER}`, `"100-continue"`, MARKER].map((expectation) =>
    closed(417, `the expectation ${expectation}`, withHeaders(`Expect: ${expectation}`)),
  ),
  answered(
    200,
    'preferences that nobody can fulfil',
    withHeaders('Accept: image/png', 'Accept-Encoding: *;q=0', `Accept-Language: ${MARKER}`),
  ),
  answered(200, 'a range', withHeaders('Range: bytes=0-1', 'If-Match: "x"', 'If-None-Match: *')),
  answered(
    200,
    'another method in a header',
    withHeaders(
      'X-HTTP-Method-Override: DELETE',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /admin',
    ),
  ),
  answered(
    200,
    'addresses that somebody claims',
    withHeaders(
      `X-Forwarded-For: ${MARKER}`,
      `Forwarded: for=${MARKER}`,
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
    ),
  ),
  answered(
    200,
    'an origin and cookies',
    withHeaders(
      `Origin: https://${MARKER}.example`,
      `Cookie: a=${MARKER}`,
      `Referer: https://${MARKER}.example`,
    ),
  ),
]
