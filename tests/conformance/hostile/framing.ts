/** Requests whose end two readers could see in different places (RFC 9112 sections 6 and 7, and 11.2: smuggling). */
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
  withHeaders,
} from './hostile-request.ts'

const smuggled = head(`GET /${MARKER} HTTP/1.1`, HOST)

/** Headers of a good token request without a length. */
export const unmeasured: (target: Parameters<typeof goodHeaders>[0]) => readonly string[] = (
  target,
) => goodHeaders(target).slice(0, -1)

/** A good request whose framing headers are these, and what follows them. */
export function framed(headers: readonly string[], rest: string): HostileRequest['send'] {
  return (target) => head(LINE, ...unmeasured(target), ...headers) + rest
}

/** A good body in one chunk. */
export const chunked = `1d\r\n${GRANT}\r\n0\r\n\r\n`

/** Refused, and the end of the connection. */
export function bad(title: string, send: HostileRequest['send'], status = 400): HostileRequest {
  return closed(status, title, send)
}

/** Odd, and right. */
export function good(title: string, send: HostileRequest['send']): HostileRequest {
  return answered(200, title, send)
}

const codings = [
  'chunked, chunked',
  'gzip',
  'chunked, gzip',
  'identity',
  'chunked, identity',
  'xchunked',
  'chunkedx',
  '"chunked"',
  'chunked;q=1',
  'chunked,',
  '\x0bchunked',
  '',
]

const lengths = [
  '+29',
  '-1',
  '0x1d',
  '29, 29',
  '29,30',
  '29 29',
  '2 9',
  '29;',
  '"29"',
  '29.0',
  '2e1',
  'NaN',
  '',
  '99999999999999999999999999',
  '18446744073709551645',
  '٢٩',
]

/** Chunked at the end, so that the end can be found, behind something that is not known. */
const unknownCodings = ['gzip, chunked', 'identity, chunked', ',chunked']

/** All of them. */
export const framing: readonly HostileRequest[] = [
  bad(
    'a length and chunks',
    framed(['Content-Length: 6', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`),
  ),
  bad(
    'chunks and a length',
    framed(['Transfer-Encoding: chunked', 'Content-Length: 6'], `0\r\n\r\n${smuggled}`),
  ),
  bad(
    'a length of zero and chunks',
    framed(['Content-Length: 0', 'Transfer-Encoding: chunked'], chunked),
  ),
  bad(
    'two different lengths',
    framed(['Content-Length: 29', 'Content-Length: 0'], GRANT + smuggled),
  ),
  bad('two equal lengths', framed(['Content-Length: 29', 'Content-Length: 29'], GRANT)),
  bad(
    'a length in small letters and another',
    framed(['content-length: 29', 'CONTENT-LENGTH: 1'], GRANT),
  ),
  ...lengths.map((length) =>
    bad(
      `the length ${JSON.stringify(length)}`,
      framed([`Content-Length: ${length}`], GRANT + smuggled),
    ),
  ),
  good('a length with leading zeros', framed(['Content-Length: 0029'], GRANT)),
  good('a length among spaces and tabs', framed(['Content-Length: \t 29 \t'], GRANT)),
  ...codings.map((coding) => ({
    title: `the transfer coding ${JSON.stringify(coding)}`,
    send: framed([`Transfer-Encoding: ${coding}`], chunked),
    statuses: [400],
    ending: 'closed' as const,
  })),
  ...unknownCodings.map((coding) =>
    bad(
      `the transfer coding ${JSON.stringify(coding)}`,
      framed([`Transfer-Encoding: ${coding}`], chunked),
      501,
    ),
  ),
  bad(
    'chunked twice',
    framed(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked),
  ),
  bad(
    'chunked and then identity',
    framed(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked),
  ),
  bad(
    'identity and then chunked',
    framed(['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], chunked),
    501,
  ),
  bad('a transfer coding behind a space', framed(['Transfer-Encoding : chunked'], chunked)),
  bad('a transfer coding in a folded line', framed(['Transfer-Encoding:', ' chunked'], chunked)),
  bad('a length in a folded line', framed(['Content-Length:', ' 29'], GRANT)),
  bad('a folded header', framed(['X-Folded: a', ` ${MARKER}: b`, 'Content-Length: 29'], GRANT)),
  bad('a header folded by a tab', framed(['X-Folded: a', '\tb', 'Content-Length: 29'], GRANT)),
  bad('a length behind a space', framed(['Content-Length : 29'], GRANT)),
  bad('a length behind a tab', framed(['Content-Length\t: 29'], GRANT)),
  bad(
    'a space before the first header',
    ({ basic }) => `${LINE}\r\n Host: issuer.example\r\nAuthorization: ${basic}\r\n\r\n`,
  ),
  bad('bare line feeds', (target) => goodRequest(target).replaceAll('\r\n', '\n')),
  bad('one bare line feed', (target) => goodRequest(target).replace('\r\nAuth', '\nAuth')),
  bad('a bare line feed behind the request line', (target) =>
    goodRequest(target).replace('HTTP/1.1\r\n', 'HTTP/1.1\n'),
  ),
  bad('a bare line feed at the end of the headers', (target) =>
    goodRequest(target).replace('\r\n\r\n', '\r\n\n'),
  ),
  bad('bare carriage returns', (target) => goodRequest(target).replaceAll('\r\n', '\r')),
  bad('a bare carriage return in a header', withHeaders(`X-Header: a\rContent-Length: 0`)),
  bad('two carriage returns before a line feed', withHeaders('X-Header: a\r')),
  good('empty lines before the request', (target) => `\r\n\r\n${goodRequest(target)}`),
]
