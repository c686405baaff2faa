/** Media types, character sets and content codings that are wrong or odd (RFC 9110 sections 8.3 and 8.4). */
import {
  answered,
  GRANT,
  type HostileRequest,
  MARKER,
  refused,
  shown,
  withBody,
  withHeaders,
  withOnly,
} from './hostile-request.ts'

type Send = HostileRequest['send']

const unsupported = (title: string, send: Send) => refused(415, 'invalid_request', title, send)
const granted = (title: string, send: Send) => answered(200, title, send)

const wrongTypes = [
  'text/plain',
  'text/html',
  'application/xml',
  'application/octet-stream',
  `multipart/form-data; boundary=${MARKER}`,
  'application/x-www-form-urlencoded2',
  'application/x-www-form-urlencoded, application/json',
  'application/x-www-form-urlencoded application/json',
  'application/json, application/x-www-form-urlencoded',
  'application/ld+json',
  'application/vnd.api+json',
  'application',
  '/',
  ';',
  ', ',
  '"application/json"',
  `${MARKER}`,
  'application/json\xa0',
]

/** All of them. */
export const mediaTypes: readonly HostileRequest[] = [
  ...wrongTypes.map((type) =>
    unsupported(`the media type ${shown(type)}`, withBody(GRANT, `Content-Type: ${type}`)),
  ),
  unsupported('no media type', ({ basic }) => withOnly([`Authorization: ${basic}`])),
  unsupported('an empty media type', withBody(GRANT, 'Content-Type:')),
  unsupported('two media types', withHeaders('Content-Type: application/json')),
  unsupported(
    'the same media type twice',
    withHeaders('Content-Type: application/x-www-form-urlencoded'),
  ),
  granted(
    'the media type in capitals',
    withBody(GRANT, 'Content-Type: APPLICATION/X-WWW-FORM-URLENCODED'),
  ),
  // The default of a widespread Java library; a form is ASCII anyway.
  granted(
    'a form that says it is Latin-1',
    withBody(GRANT, 'Content-Type: application/x-www-form-urlencoded; charset=ISO-8859-1'),
  ),
  granted(
    'a form that says it is UTF-7',
    withBody(GRANT, `Content-Type: application/x-www-form-urlencoded;charset=utf-7;${MARKER}`),
  ),
  refused(
    400,
    'invalid_request',
    'JSON in UTF-16',
    withBody(
      [...'{"grant_type":"client_credentials"}'].join('\0'),
      'Content-Type: application/json; charset=utf-16',
    ),
  ),
  ...['gzip', 'deflate', 'br', 'zstd', 'x-gzip', 'identity, gzip', MARKER, ''].map((coding) =>
    unsupported(`the content coding ${shown(coding)}`, withHeaders(`Content-Encoding: ${coding}`)),
  ),
  unsupported(
    'two content codings, one of them none',
    withHeaders('Content-Encoding: identity', 'Content-Encoding: gzip'),
  ),
  granted('a content coding that is none', withHeaders('Content-Encoding: identity')),
]
