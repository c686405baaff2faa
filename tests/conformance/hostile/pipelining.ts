/** Several requests on one connection, some of them bad: every answer in its place (RFC 9112 section 9.3.2). */
import { unmeasured } from './framing.ts'
import {
  goodHeaders,
  goodRequest,
  type HostileRequest,
  head,
  LINE,
  MARKER,
} from './hostile-request.ts'

/** All of them. */
export const pipelining: readonly HostileRequest[] = [
  {
    title: 'more body than its length, in the order of the requests',
    send: (target) => `${goodRequest(target)}${MARKER}\r\n\r\n`,
    statuses: [200, 400],
    ending: 'closed',
  },
  {
    title: 'a request behind a request, both',
    send: (target) => goodRequest(target) + goodRequest(target),
    statuses: [200, 200],
    ending: 'open',
  },
  {
    title: 'fifty requests at once',
    send: (target) => goodRequest(target).repeat(50),
    statuses: Array.from({ length: 50 }, () => 200),
    ending: 'open',
  },
  {
    title: 'a bad request between good ones, and nothing behind it',
    send: (target) =>
      `${goodRequest(target)}${head(LINE, 'Host: a', 'Host: b')}${goodRequest(target)}`,
    statuses: [200, 400],
    ending: 'closed',
  },
  {
    title: 'a body that breaks behind a good request, in their order',
    send: (target) =>
      goodRequest(target) +
      head(LINE, ...unmeasured(target), 'Transfer-Encoding: chunked') +
      `zz\r\n${MARKER}`,
    statuses: [200, 400],
    ending: 'closed',
  },
  {
    title: 'a request without a body where one is expected',
    send: (target) => head(LINE, ...unmeasured(target)),
    statuses: [400],
    ending: 'open',
    error: 'invalid_request',
  },
  {
    title: 'a length of zero',
    send: (target) => head(LINE, ...goodHeaders(target, 0)),
    statuses: [400],
    ending: 'open',
    error: 'invalid_request',
  },
]
