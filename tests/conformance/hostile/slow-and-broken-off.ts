/** Requests that come slowly, or not to their end (RFC 9112 section 8; what slowloris and its kin do). */
import {
  GRANT,
  goodHeaders,
  goodRequest,
  type HostileRequest,
  head,
  LINE,
  MARKER,
} from './hostile-request.ts'

type Send = HostileRequest['send']

/** Sent, and then nothing more: the server has to lose its patience. */
function unfinished(title: string, status: number, send: Send): HostileRequest {
  return { title, send, statuses: [status], ending: 'closed' }
}

function left(title: string, send: Send): HostileRequest {
  return { title, send, statuses: [], ending: 'left' }
}

/** All of them. */
export const slowAndBrokenOff: readonly HostileRequest[] = [
  unfinished('a connection on which nothing is sent', 408, () => ''),
  unfinished('a request line without its end', 408, () => `POST /${MARKER}`),
  unfinished('headers without their end', 408, (target) =>
    head(LINE, ...goodHeaders(target)).slice(0, -2),
  ),
  unfinished('headers without their end, octet by octet', 408, (target) => [
    ...head(LINE, ...goodHeaders(target)).slice(0, -2),
  ]),
  unfinished('a body that never comes', 408, (target) => head(LINE, ...goodHeaders(target))),
  unfinished('less body than its length', 408, (target) => goodRequest(target).slice(0, -1)),
  unfinished(
    'a body that stops in the middle',
    408,
    (target) => head(LINE, ...goodHeaders(target, 10_000)) + GRANT,
  ),
  unfinished(
    'chunks that stop',
    408,
    (target) =>
      `${head(LINE, ...goodHeaders(target).slice(0, -1), 'Transfer-Encoding: chunked')}5\r\n`,
  ),
  unfinished(
    'chunks without the last one',
    408,
    (target) =>
      `${head(LINE, ...goodHeaders(target).slice(0, -1), 'Transfer-Encoding: chunked')}1d\r\n${GRANT}\r\n`,
  ),
  {
    title: 'a body that never comes after 100',
    send: (target) => head(LINE, ...goodHeaders(target), 'Expect: 100-continue'),
    statuses: [100, 408],
    ending: 'closed',
  },
  {
    title: 'a good request and then half a one',
    send: (target) => goodRequest(target) + goodRequest(target).slice(0, 60),
    statuses: [200, 408],
    ending: 'closed',
  },
  {
    title: 'a good request octet by octet',
    send: (target) => [...goodRequest(target)],
    statuses: [200],
    ending: 'open',
  },
  left('nobody, who connects and leaves', () => ''),
  left('half a request line', () => 'POST /oau'),
  left('half a header section', (target) => goodRequest(target).slice(0, 80)),
  left('half a body', (target) => goodRequest(target).slice(0, -10)),
  left(
    'half a chunk',
    (target) =>
      `${head(LINE, ...goodHeaders(target).slice(0, -1), 'Transfer-Encoding: chunked')}1d\r\n${GRANT.slice(5)}`,
  ),
  left('a good request whose answer nobody takes', goodRequest),
  left('fifty good requests whose answers nobody takes', (target) =>
    goodRequest(target).repeat(50),
  ),
]
