/** Bodies in chunks, with extensions and trailers, that are wrong, odd or too much (RFC 9112 section 7.1). */
import { bad, chunked, framed, good, unmeasured } from './framing.ts'
import {
  FORM_TYPE,
  GRANT,
  HOST,
  type HostileRequest,
  head,
  LINE,
  MARKER,
  TOKEN_PATH,
} from './hostile-request.ts'

const chunkSizes = [
  'zz',
  '-1d',
  '+1d',
  '0x1d',
  ' 1d',
  '1d ',
  'ffffffffffffffffff',
  '',
  '1d\n',
  '1d;\n',
  '1d;a=\x00',
]

/** All of them. */
export const chunks: readonly HostileRequest[] = [
  good('chunks', framed(['Transfer-Encoding: chunked'], chunked)),
  good('chunks in capital letters', framed(['TRANSFER-ENCODING: CHUNKED'], chunked)),
  good(
    'chunks of one octet',
    framed(
      ['Transfer-Encoding: chunked'],
      `${[...GRANT].map((each) => `1\r\n${each}\r\n`).join('')}0\r\n\r\n`,
    ),
  ),
  good(
    'chunks with leading zeros',
    framed(['Transfer-Encoding: chunked'], chunked.replace('1d', '00001D')),
  ),
  good(
    'a chunk extension',
    framed(['Transfer-Encoding: chunked'], chunked.replace('1d', `1d;${MARKER}=1`)),
  ),
  bad(
    'chunk extensions of 20 KB',
    framed(['Transfer-Encoding: chunked'], chunked.replace('1d', `1d;a=${'b'.repeat(20_000)}`)),
    413,
  ),
  ...chunkSizes.map((size) =>
    bad(
      `the chunk size ${JSON.stringify(size)}`,
      framed(['Transfer-Encoding: chunked'], chunked.replace('1d', size)),
    ),
  ),
  bad(
    'a chunk that is longer than its size',
    framed(['Transfer-Encoding: chunked'], chunked.replace('1d', '1c')),
  ),
  bad(
    'a chunk without its line end',
    framed(['Transfer-Encoding: chunked'], `1d\r\n${GRANT}0\r\n\r\n`),
  ),
  bad(
    'a chunk that ends with a bare line feed',
    framed(['Transfer-Encoding: chunked'], `1d\r\n${GRANT}\n0\r\n\r\n`),
  ),
  good(
    'trailers',
    framed(
      ['Transfer-Encoding: chunked', 'Trailer: X-Later'],
      `1d\r\n${GRANT}\r\n0\r\nX-Later: ${MARKER}\r\n\r\n`,
    ),
  ),
  {
    title: 'credentials in a trailer',
    send: ({ basic }) =>
      head(LINE, HOST, FORM_TYPE, 'Transfer-Encoding: chunked') +
      chunked.replace('0\r\n\r\n', `0\r\nAuthorization: ${basic}\r\n\r\n`),
    statuses: [401],
    ending: 'open',
    error: 'invalid_client',
  },
  {
    title: 'a second length in a trailer',
    send: framed(
      ['Transfer-Encoding: chunked'],
      `1d\r\n${GRANT}\r\n0\r\nContent-Length: 5\r\n\r\n`,
    ),
    statuses: [400],
    ending: 'closed',
  },
  bad(
    'trailers of 20 KB',
    framed(
      ['Transfer-Encoding: chunked'],
      `1d\r\n${GRANT}\r\n0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    ),
    431,
  ),
  bad(
    'chunks in HTTP/1.0',
    (target) =>
      head(`POST ${TOKEN_PATH} HTTP/1.0`, ...unmeasured(target), 'Transfer-Encoding: chunked') +
      chunked,
  ),
]
