/** Attacks by messages whose end two servers see at different places (RFC 9112 section 11.2), and by what follows. */
import { type Aftermath, type Attack, isToldTheTruth, request, type Target } from './attack.ts'

const HIDDEN = '/smuggled'

/** A request that must not be taken for one of its own, behind one that has a token. */
function smuggling(id: string, title: string, fields: readonly string[], before = ''): Attack {
  return {
    ...{ id: `smuggling-${id}`, title, references: [] },
    message: ({ guarded, host, token }) => {
      const hidden = request('GET', HIDDEN, host)
      const lines = [`POST ${guarded} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${token}`]
      return [...lines, ...fields, '', before + hidden].join('\r\n')
    },
    fault: (aftermath) => hasSmuggled(aftermath) ?? isToldTheTruth(aftermath),
  }
}

function hasSmuggled({ reached }: Aftermath): string | undefined {
  return reached.some(({ target }) => target === HIDDEN)
    ? 'what stood in a body reached the API as a request'
    : undefined
}

const chunked = 'Transfer-Encoding: chunked'
const end = '0\r\n\r\n'

/** All of them. */
export const framingAttacks: readonly Attack[] = [
  smuggling('length-and-chunks', 'a length beside chunks', ['Content-Length: 5', chunked], end),
  smuggling('aliased-coding', 'an alias of Transfer-Encoding', [
    ...['Transfer_Encoding: chunked', 'Content-Length: 0'],
  ]),
  smuggling('two-lengths', 'two lengths', ['Content-Length: 0', 'Content-Length: 60']),
  smuggling('odd-coding', 'a coding that is nearly chunked', ['Transfer-Encoding: xchunked'], end),
  smuggling('space-in-name', 'a space before the colon', ['Transfer-Encoding : chunked'], end),
  smuggling('folded', 'a folded field', ['X-Folded: a', ` ${chunked}`], end),
  smuggling('bare-line-feed', 'a bare line feed', [`Content-Length: 0\nX-After: a`]),
  {
    ...{ id: 'pipelined', title: 'a request without a token behind one with a token' },
    references: [],
    message: ({ guarded, host, token }: Target) =>
      request('GET', guarded, host, `Authorization: Bearer ${token}`, 'Connection: keep-alive') +
      request('GET', `${guarded}${guarded.includes('?') ? '&' : '?'}second`, host),
    fault: ({ reached }) =>
      reached.some(({ target }) => target.endsWith('second'))
        ? 'the second request had the token of the first'
        : undefined,
  },
]
