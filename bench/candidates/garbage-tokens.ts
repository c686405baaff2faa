/** What a flood of worthless tokens costs a guard: 1,000 distinct ones of a kind in turn, each string fresh. */
import { randomBytes } from 'node:crypto'
import { createRings, memoryLimiter } from '@mintmark/limits'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/express'
import type { CallLoop, CallLoops, PrepareLoop } from './call-loop.ts'
import { freshRequests } from './fresh-requests.ts'
import { AUDIENCE, ISSUER } from './signed-tokens.ts'

const TOKENS = 1_000
const TOKENS_IN_SMOKE = 20
/** As many characters as an access token of this issuer has. */
const LENGTH = 480

const segment = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')
const noise = (bytes: number): string => randomBytes(bytes).toString('base64url')
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'bench' }
const CLAIMS = {
  ...{ iss: ISSUER, sub: 'partner-a', aud: AUDIENCE, client_id: 'partner-a' },
  ...{ iat: 1_795_435_200, exp: 4_102_444_800, scope: 'applications:write decisions:read' },
}
const signedLike = (header: object, claims: object): string =>
  [JSON.stringify(header), JSON.stringify({ ...claims, jti: noise(16) })].map(segment).join('.') +
  `.${noise(64)}`

/** One worthless token of each kind. All are refused before any key is looked up. */
const kinds: Readonly<Record<string, () => string>> = {
  'random text': () => noise((LENGTH * 3) / 4),
  'random segments': () => `${noise(60)}.${noise(240)}.${noise(64)}`,
  'a header that is no JSON': () => `${segment(`{alg:${noise(40)}`)}.${noise(240)}.${noise(64)}`,
  'a header of nothing but brackets': () => {
    const brackets = segment('['.repeat(3_000))
    return `${brackets}.${noise(240)}.${noise(64)}`
  },
  'a header with a thousand members': () => {
    const members = Array.from({ length: 300 }, (_, at) => [`m${at}`, noise(3)])
    return `${segment(JSON.stringify(Object.fromEntries(members)))}.${noise(24)}.${noise(64)}`
  },
  'another alphabet': () => `${randomBytes((LENGTH * 3) / 4).toString('base64')}.${noise(9)}==.é`,
  'sixteen thousand characters': () => noise(12_000),
  'another algorithm': () => signedLike({ ...HEADER, alg: 'HS256' }, CLAIMS),
  'no algorithm': () => signedLike({ ...HEADER, alg: 'none' }, CLAIMS),
  'a critical header': () => signedLike({ ...HEADER, crit: ['exp'], exp: 1 }, CLAIMS),
  'another type': () => signedLike({ ...HEADER, typ: 'JWT' }, CLAIMS),
  'claims that are no JSON': () =>
    `${segment(JSON.stringify(HEADER))}.${segment(`{"iss":${noise(200)}`)}.${noise(64)}`,
  'an unknown issuer': () => signedLike(HEADER, { ...CLAIMS, iss: `https://${noise(9)}.example` }),
}

/** The names of the kinds. */
export const garbageKinds: readonly string[] = Object.keys(kinds)

/** The loops by the names of the kinds. */
export const loops: CallLoops = new Map<string, PrepareLoop>([
  ...Object.entries(kinds).map(([name, make]): [string, PrepareLoop] => [
    name,
    (isSmoke) => refusing(make, isSmoke),
  ]),
  ['random text, behind rings', behindRings],
])

function guardForAll() {
  const transport = async () => Promise.reject(new TypeError('nobody asks for keys'))
  return createGuard({ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/jwks`, transport })
}

function tokensOf(make: () => string, isSmoke: boolean): readonly string[] {
  return Array.from({ length: isSmoke ? TOKENS_IN_SMOKE : TOKENS }, make)
}

async function refusing(make: () => string, isSmoke: boolean): Promise<CallLoop> {
  const guard = guardForAll()
  const next = freshRequests(tokensOf(make, isSmoke))
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) {
        const verdict = await guard.decide(next())
        if (!verdict.admitted && verdict.status === 401) right++
      }
      return right
    },
  }
}

/** With everything that an adapter does: nearly every answer is a 429 with its header fields and its document. */
function behindRings(isSmoke: boolean): CallLoop {
  const middleware = protect({
    ...{ guard: guardForAll(), rings: createRings({ limiter: memoryLimiter() }) },
  })
  const next = freshRequests(tokensOf(kinds['random text'] as () => string, isSmoke))
  const socket = { remoteAddress: '203.0.113.7' }
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) {
        const request = { ...next(), socket }
        await new Promise<void>((resolve) => {
          const response = {
            ...{ headersSent: false, writableEnded: false, statusCode: 200 },
            setHeader: () => undefined,
            end() {
              if (response.statusCode === 429 || response.statusCode === 401) right++
              resolve()
            },
          }
          middleware(request as never, response as never, () => resolve())
        })
      }
      return right
    },
  }
}
