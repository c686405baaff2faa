/**
 * A verifier of senders with every rule of a guard, each of which can be left out: to show that an attack is stopped by
 * the rule that it says it breaks. Written without the parsers of `@mintmark/jwt`. Tokens themselves are believed.
 */
import {
  createHash,
  createPublicKey,
  type JsonWebKeyInput,
  constants as nodeConstants,
  verify,
  X509Certificate,
} from 'node:crypto'
import type { SenderCase, SenderCorpus, SenderRequest } from '@mintmark/testkit'

/** A rule to leave out. */
export type LeftOut =
  | 'token-place'
  | 'one-credential'
  | 'scheme'
  | 'binding'
  | 'certificate'
  | 'proof'
  | 'one-proof'
  | 'spelling'
  | 'type'
  | 'critical'
  /** And with it whatever the algorithm would have checked. */
  | 'algorithm'
  /** The key is in the header and of a type; with it whatever the key would have checked. */
  | 'key'
  | 'private-half'
  /** What the key is for, and how strong it is. */
  | 'fitness'
  | 'signature'
  | 'form'
  | 'method'
  | 'target'
  | 'token-hash'
  | 'thumbprint'
  | 'age'
  | 'use'
  | 'nonce'

type Members = Record<string, unknown>

/** A verifier for one case: it remembers the proofs that it admitted. */
export interface LenientSender {
  admits(request: SenderRequest): boolean
}

/** Makes one. @param asksForNonces - Nonces that it never gives. */
export function lenientSender(
  corpus: SenderCorpus,
  leftOut: ReadonlySet<LeftOut>,
  asksForNonces: boolean,
): LenientSender {
  const used = new Set<string>()
  return {
    admits(request) {
      try {
        return credentialsOf(request, leftOut).some(([scheme, token]) =>
          mayPresent({ corpus, request, leftOut, used, asksForNonces, token }, scheme),
        )
      } catch {
        return false
      }
    },
  }
}

/** Whether a verifier that leaves out some rules admits a case, after what comes before it. */
export function admitsCase(
  corpus: SenderCorpus,
  one: SenderCase,
  leftOut: readonly LeftOut[],
): boolean {
  const sender = lenientSender(corpus, new Set(leftOut), corpus.nonceCases.includes(one))
  return one.before.every((request) => sender.admits(request)) && sender.admits(one.request)
}

interface Presented {
  readonly corpus: SenderCorpus
  readonly request: SenderRequest
  readonly leftOut: ReadonlySet<LeftOut>
  readonly used: Set<string>
  readonly asksForNonces: boolean
  readonly token: string
}

function credentialsOf(
  { headers, url }: SenderRequest,
  leftOut: ReadonlySet<LeftOut>,
): readonly (readonly [scheme: string, token: string])[] {
  const fields = headers.filter(([name]) => name.toLowerCase() === 'authorization')
  const query = new URL(url, 'http://x').searchParams.get('access_token')
  if (leftOut.has('token-place') && query !== null) return [['dpop', query]]
  if (query !== null) return []
  if (fields.length !== 1 && !leftOut.has('one-credential')) return []
  return fields.map(([, value]) => {
    const [scheme = '', token = ''] = value.split(' ')
    return [scheme.toLowerCase(), token]
  })
}

function mayPresent(presented: Presented, scheme: string): boolean {
  const { token, leftOut } = presented
  const { cnf } = membersOf(token.split('.')[1] ?? '')
  const { jkt, 'x5t#S256': thumbprint } = (cnf ?? {}) as Members
  if (cnf !== undefined && jkt === undefined && thumbprint === undefined) {
    return leftOut.has('binding')
  }
  if (thumbprint !== undefined && !isCertified(presented, thumbprint)) return false
  if ((scheme === 'dpop') !== (jkt !== undefined)) {
    return leftOut.has('scheme')
  }
  return jkt === undefined || proves(presented, jkt)
}

function isCertified({ corpus, request, leftOut }: Presented, thumbprint: unknown): boolean {
  if (leftOut.has('certificate')) return true
  if (request.certificate === undefined) return false
  const { raw } = new X509Certificate(corpus.certificates[request.certificate].cert)
  return sha256(raw) === thumbprint
}

function proves(presented: Presented, jkt: unknown): boolean {
  const { request, leftOut } = presented
  const fields = request.headers.filter(([name]) => name.toLowerCase() === 'dpop')
  const values = fields.map(([, value]) => value)
  if (values.length === 0) return leftOut.has('proof')
  const all = values.flatMap((value) => value.split(/, ?/))
  if (!leftOut.has('one-proof') && all.length !== 1) return false
  return all.some((proof) => isGood(presented, proof, jkt))
}

function isGood(presented: Presented, text: string, jkt: unknown): boolean {
  const { leftOut } = presented
  const proof = leftOut.has('spelling') ? cleaned(text) : text
  const [head = '', body = '', signature = ''] = proof.split('.')
  if (!leftOut.has('spelling') && !isCanonical(proof, leftOut)) return false
  const header = leftOut.has('spelling') ? looseMembersOf(head) : membersOf(head)
  const claims = leftOut.has('spelling') ? looseMembersOf(body) : membersOf(body)
  return (
    (leftOut.has('type') || header.typ === 'dpop+jwt') &&
    (leftOut.has('critical') || !('crit' in header)) &&
    hasGoodKey(header, leftOut) &&
    (isUnverifiable(leftOut) || isSigned(header, `${head}.${body}`, signature)) &&
    (leftOut.has('thumbprint') || leftOut.has('key') || thumbprintOf(header.jwk) === jkt) &&
    claimsAreGood(presented, claims, String(jkt))
  )
}

function isUnverifiable(leftOut: ReadonlySet<LeftOut>): boolean {
  return (['signature', 'algorithm', 'key'] as const).some((rule) => leftOut.has(rule))
}

function cleaned(text: string): string {
  const [found = ''] = /[\w+/-]+\s*\.[\w+/-]+\.[\w+/-]+/.exec(text) ?? []
  return found.replaceAll(/\s/g, '').replaceAll('+', '-').replaceAll('/', '_')
}

function isCanonical(proof: string, leftOut: ReadonlySet<LeftOut>): boolean {
  const segments = proof.split('.')
  if (segments.length !== 3 || (segments[2] === '' && !leftOut.has('algorithm'))) return false
  return segments.every(
    (segment) => Buffer.from(segment, 'base64url').toString('base64url') === segment,
  )
}

function membersOf(segment: string): Members {
  const octets = Buffer.from(segment, 'base64url')
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets)
  const value: Members = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('none')
  const names = [...text.matchAll(/"([^"\\]*)":/g)].length
  if (names !== countOf(value)) throw new Error('twice')
  return value
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((sum: number, each) => sum + countOf(each), own)
}

function looseMembersOf(segment: string): Members {
  const text = Buffer.from(segment, 'base64url')
    .toString()
    .replace(/^\ufeff/, '')
  return [JSON.parse(text.replace(/ x$/, ''))].flat()[0]
}

function hasGoodKey({ alg, jwk }: Members, leftOut: ReadonlySet<LeftOut>): boolean {
  const kind = KINDS.get(alg)
  if (leftOut.has('algorithm')) return true
  if (kind === undefined && !leftOut.has('fitness')) return false
  if (leftOut.has('key')) return true
  const key = jwk as Members
  const isPrivate = ['d', 'p', 'k'].some((name) => name in key)
  const isLabelled = 'key_ops' in key || (key.use ?? 'sig') !== 'sig' || (key.alg ?? alg) !== alg
  const isWeak = key.kty === 'RSA' && (String(key.n).length < 300 || key.e === 'AQ')
  return (
    (leftOut.has('fitness') || key.kty === kind) &&
    (leftOut.has('fitness') || alg !== 'ES256' || key.crv === 'P-256') &&
    (leftOut.has('private-half') || !isPrivate) &&
    (leftOut.has('fitness') || !(isLabelled || isWeak))
  )
}

const KINDS: ReadonlyMap<unknown, string> = new Map([
  ['ES256', 'EC'],
  ['RS256', 'RSA'],
  ['PS256', 'RSA'],
  ['EdDSA', 'OKP'],
])

function isSigned({ alg, jwk }: Members, input: string, signature: string): boolean {
  const { use: _use, key_ops: _operations, alg: _alg, d: _d, p: _p, ...material } = jwk as Members
  const key = createPublicKey({ key: material, format: 'jwk' } as JsonWebKeyInput)
  const pss = { padding: nodeConstants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const options = { key, dsaEncoding: 'ieee-p1363', ...(alg === 'PS256' ? pss : {}) } as const
  const digest = alg === 'EdDSA' ? null : 'sha256'
  return verify(digest, Buffer.from(input), options, Buffer.from(signature, 'base64url'))
}

function thumbprintOf(jwk: unknown): string {
  const { crv, e, k, kty, n, x, y } = jwk as Members
  return sha256(JSON.stringify({ crv, e, k, kty, n, x, y }))
}

function claimsAreGood(presented: Presented, claims: Members, jkt: string): boolean {
  const { corpus, request, leftOut, token } = presented
  const { jti, htm, htu, iat, ath, nonce } = claims
  if (!leftOut.has('form') && !isFormed(claims)) return false
  const [method = request.method] = [htm].flat()
  const path = request.url.split('?')[0]
  const target = corpus.publicOrigin + path
  const url = [htu].flat()[0] ?? target
  const ageSeconds = corpus.nowSeconds - Number(iat)
  const isStale = leftOut.has('form') ? false : !(Math.abs(ageSeconds) < 300)
  const isNonceGood = presented.asksForNonces ? false : nonce === undefined
  return (
    (leftOut.has('method') || method === request.method) &&
    (leftOut.has('target') || normal(String(url)) === target) &&
    (leftOut.has('token-hash') || ath === sha256(token)) &&
    (leftOut.has('age') || (presented.asksForNonces && leftOut.has('nonce')) || !isStale) &&
    (leftOut.has('nonce') || leftOut.has('form') || isNonceGood) &&
    isFirstUse(presented, `${jkt} ${jti} ${normal(String(url))}`)
  )
}

function isFormed({ jti, htm, htu, iat, nonce }: Members): boolean {
  const texts = [jti, htm, htu]
  if (jti === '' || texts.some((text) => typeof text !== 'string')) return false
  return Number.isFinite(iat) && (nonce === undefined || typeof nonce === 'string')
}

function isFirstUse({ used, leftOut }: Presented, use: string): boolean {
  if (used.has(use)) return leftOut.has('use')
  used.add(use)
  return true
}

function normal(htu: string): string {
  if (!/^https:\/\/[\w.:-]+\/[\w/.%?#=-]*$/i.test(htu)) return 'none'
  const { origin, pathname } = new URL(htu)
  return origin + pathname.replaceAll('%6F', 'o')
}

function sha256(octets: string | Uint8Array): string {
  return createHash('sha256').update(octets).digest('base64url')
}
