/** Bodies that are wrong, odd or too much (RFC 6749 section 3.2 and appendix B, RFC 8259). */
import {
  answered,
  GRANT,
  goodHeaders,
  type HostileRequest,
  head,
  LINE,
  MARKER,
  refused,
  shown,
  utf8,
  withBody,
  withJson,
} from './hostile-request.ts'

type Send = HostileRequest['send']

const invalidRequest = (title: string, send: Send) => refused(400, 'invalid_request', title, send)

const granted = (title: string, send: Send) => answered(200, title, send)

const JSON_GRANT = '{"grant_type":"client_credentials"}'

const brokenForms = [
  'grant_type=%',
  'grant_type=%4',
  'grant_type=%zz',
  'grant_type=%u0063',
  `${GRANT}&${MARKER}=%ff`,
  `${GRANT}&a=%c0%af`,
  `${GRANT}&a=%c1%81`,
  `${GRANT}&a=%e0%80%af`,
  `${GRANT}&a=%f0%80%80%af`,
  `${GRANT}&a=%f5%80%80%80`,
  `${GRANT}&a=%ed%a0%80`,
  `${GRANT}&a=%f4%90%80%80`,
  `${GRANT}&a=%e2%82`,
  `${GRANT}&a=\0`,
  `${GRANT}&a=\n${MARKER}`,
  `${GRANT}\r\n`,
  `${GRANT}&a=\x7f`,
  `${GRANT}&a=\xff`,
  `${GRANT}&a=${utf8('é')}`,
  `${utf8('\ufeff')}${GRANT}`,
  JSON_GRANT.replaceAll('"', '\t"'),
]

const formsWithoutGrant = [
  '',
  '&&&',
  '=',
  `=${GRANT}`,
  'grant_type',
  'grant_type=',
  'grant_type[]=client_credentials',
  'Grant_Type=client_credentials',
  ' grant_type=client_credentials',
  'grant_type =client_credentials',
  JSON_GRANT,
  'a=b;grant_type=client_credentials',
]

const brokenJson = [
  '',
  '{',
  '[]',
  '"a"',
  'null',
  '1',
  `{"grant_type":"client_credentials",}`,
  `{'grant_type':'client_credentials'}`,
  `{"grant_type":"client_credentials"}{}`,
  `{"grant_type":"client_credentials"}\0`,
  `{"grant_type":["client_credentials"]}`,
  `{"grant_type":{"a":"client_credentials"}}`,
  `{"grant_type":true}`,
  `{"grant_type":null}`,
  `{"grant_type":"client_credentials","scope":1}`,
  `{"grant_type":"client_credentials","a":1e999}`,
  `{"grant_type":"client_credentials","grant_type":"client_credentials"}`,
  `{"grant_type":"client_credentials","gr\\u0061nt_type":"${MARKER}"}`,
  `{"__proto__":{"grant_type":"client_credentials"}}`,
  `{"constructor":{"prototype":{"grant_type":"client_credentials"}}}`,
  `{"grant_type":"client_credentials","a":"\\ud800"}`,
  `{"grant_type":"client_credentials","a":"\n"}`,
  `{"grant_type":"client_credentials","a":"\\x41"}`,
  `{"grant_type":"client_credentials","a":"\xff"}`,
  `{"grant_type":"client_credentials","a":NaN}`,
  `/* ${MARKER} */{"grant_type":"client_credentials"}`,
  `${utf8('\ufeff')}${JSON_GRANT}`,
  `${'['.repeat(8_000)}`,
  `{"a":${'['.repeat(4_000)}${']'.repeat(4_000)}}`,
  `{"a":${'{"a":'.repeat(2_500)}1${'}'.repeat(2_500)}}`,
  [...JSON_GRANT].join('\0'),
  GRANT,
]

/** The length of the body is a promise that is kept. */
function large(length: number): Send {
  return (target) => head(LINE, ...goodHeaders(target, length)) + 'a'.repeat(length)
}

/** All of them. */
export const bodies: readonly HostileRequest[] = [
  ...brokenForms.map((body) => invalidRequest(`the form ${shown(body)}`, withBody(body))),
  ...formsWithoutGrant.map((body) => invalidRequest(`the form ${shown(body)}`, withBody(body))),
  ...brokenJson.map((body) => invalidRequest(`the JSON ${shown(body)}`, withJson(body))),
  granted(
    'JSON with the prototype as an ordinary member',
    withJson(`{"__proto__":"${MARKER}","grant_type":"client_credentials"}`),
  ),
  granted(
    'JSON with much space in it',
    withJson(`\t\r\n {"grant_type" :${' '.repeat(8_000)}"client_credentials"}\n`),
  ),
  granted('JSON in escapes', withJson('{"\\u0067rant_type":"client\\u005fcredentials"}')),
  granted(
    'a form in which every letter is encoded',
    withBody(
      [...'grant_type'].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('') +
        '=client%5Fcredentials',
    ),
  ),
  granted(
    'a form with parameters that nobody knows',
    withBody(`${GRANT}&${MARKER}=${MARKER}&&=a&b`),
  ),
  granted(
    'a form with names of members of objects',
    withBody(`${GRANT}&__proto__=a&constructor=b&toString=c`),
  ),
  invalidRequest('a hundred parameters', withBody(`${GRANT}${'&a=b'.repeat(100)}`)),
  invalidRequest('an unknown parameter twice', withBody(`${GRANT}&${MARKER}=1&${MARKER}=1`)),
  invalidRequest('the grant type twice', withBody(`${GRANT}&${GRANT}`)),
  invalidRequest('the grant type twice, once empty', withBody(`${GRANT}&grant_type=`)),
  refused(
    400,
    'unsupported_grant_type',
    'a grant type that nobody knows',
    withBody(`grant_type=${MARKER}`),
  ),
  refused(
    400,
    'unsupported_grant_type',
    'a grant type in capitals',
    withBody('grant_type=CLIENT_CREDENTIALS'),
  ),
  refused(400, 'unsupported_grant_type', 'a grant type with a NUL', withBody(`${GRANT}%00`)),
  refused(400, 'invalid_scope', 'a scope that nobody has', withBody(`${GRANT}&scope=${MARKER}`)),
  refused(
    400,
    'invalid_scope',
    'a scope with a line break',
    withBody(`${GRANT}&scope=a%0d%0aSet-Cookie:%20${MARKER}`),
  ),
  refused(
    400,
    'invalid_scope',
    'a scope of 15 KB',
    withBody(`${GRANT}&scope=${'a'.repeat(15_000)}`),
  ),
  refused(
    400,
    'invalid_scope',
    'a scope of 5,000 tokens',
    withBody(`${GRANT}&scope=${'a+'.repeat(5_000)}a`),
  ),
  refused(
    400,
    'invalid_target',
    'a resource of somebody else',
    withBody(`${GRANT}&resource=https://${MARKER}.example`),
  ),
  refused(
    400,
    'invalid_target',
    'a resource with a fragment',
    withBody(`${GRANT}&resource=https://a.example%23${MARKER}`),
  ),
  refused(
    400,
    'invalid_target',
    'a resource that is a script',
    withBody(`${GRANT}&resource=javascript:${MARKER}`),
  ),
  refused(413, 'invalid_request', 'a body of one octet too much', large(16_385)),
  refused(413, 'invalid_request', 'a body of 200 KB', large(200_000)),
  {
    ...refused(
      413,
      'invalid_request',
      'a body of 2 MB, without reading all of it',
      large(2_000_000),
    ),
    ending: 'closed',
  },
  {
    title: 'a body of 2 MB to nobody, without reading all of it',
    send: () =>
      head(`POST /${MARKER} HTTP/1.1`, 'Host: a', 'Content-Length: 2000000') +
      'a'.repeat(2_000_000),
    statuses: [404],
    ending: 'closed',
  },
  granted(
    'a body of exactly 16 KiB',
    withBody(`${GRANT}&a=${'b'.repeat(16_384 - GRANT.length - 3)}`),
  ),
]
