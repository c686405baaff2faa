/**
 * A verifier with every rule of a guard, each of which can be left out: to show that an attack is stopped by the rule
 * that it says it breaks, and by no other. Written without the parsers of `@mintmark/jwt`, as somebody would by hand.
 */
import {
  createPublicKey,
  type JsonWebKeyInput,
  constants as nodeConstants,
  verify,
} from 'node:crypto'
import { runInNewContext } from 'node:vm'
import type { AttackCorpus, AttackRequest } from '@mintmark/testkit'

/** A rule to leave out. */
export type LeftOut =
  | 'one-credential'
  | 'header-only'
  | 'scheme'
  | 'spelling'
  /** Members behind the first of a name do not count. */
  | 'last-member'
  /** What JavaScript takes for an object is JSON. */
  | 'json'
  | 'critical'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'required'
  | 'form'
  | 'exp'
  | 'nbf'
  | 'iat'
  | 'binding'

type Members = Record<string, unknown>

const INSTANTS = ['exp', 'iat', 'nbf']
const TEXTS = ['iss', 'sub', 'jti', 'client_id']
const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id']
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/

/** Tells whether a verifier of the corpus's issuer admits `request` when it leaves out some rules. */
export function admits(
  corpus: AttackCorpus,
  request: AttackRequest,
  leftOut: ReadonlySet<LeftOut>,
): boolean {
  return tokensOf(request, leftOut).some((token) => {
    try {
      return isGood(corpus, token, leftOut)
    } catch {
      return false
    }
  })
}

/** The tokens that a verifier may take for the one. */
function tokensOf(
  { headers, url }: AttackRequest,
  leftOut: ReadonlySet<LeftOut>,
): readonly string[] {
  const fields = headers.filter(([name]) => name.toLowerCase() === 'authorization')
  const values = fields.map(([, value]) => value)
  const query = new URL(url, 'http://x').searchParams.get('access_token')
  if (leftOut.has('header-only')) {
    const others = headers.map(([, value]) => value.split(/[ =]/).at(-1) ?? '')
    return [...others, query ?? '']
  }
  if (query !== null) return []
  const single = leftOut.has('one-credential')
    ? values.flatMap((value) => value.split(/, ?/))
    : values
  if (!leftOut.has('one-credential') && (values.length > 1 || values[0]?.includes(','))) return []
  if (leftOut.has('one-credential') && values[0]?.includes('{')) return [looseJson(values[0])]
  return single.flatMap((value) => tokenOf(value, leftOut))
}

function looseJson(value: string): string {
  const json = JSON.parse(value.slice(value.indexOf('{')))
  const { protected: header, signature } = json.signatures?.[0] ?? json
  return `${header}.${json.payload}.${signature}`
}

function tokenOf(value: string, leftOut: ReadonlySet<LeftOut>): readonly string[] {
  if (leftOut.has('scheme')) {
    const decoded = Buffer.from(value.slice(6), 'base64').toString()
    const text = value.startsWith('Basic ') ? decoded : value.replace(/^Bearer/, '')
    return [/[\w-]+\.[\w-]+\.[\w-]+/.exec(text)?.[0] ?? '']
  }
  if (leftOut.has('spelling')) return [value.replace(/^bearer /i, '')]
  const match = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(value)
  return match?.[1] === undefined ? [] : [match[1]]
}

function isGood(corpus: AttackCorpus, token: string, leftOut: ReadonlySet<LeftOut>): boolean {
  const spelled = leftOut.has('spelling') ? cleaned(token) : token
  const [head = '', body = '', signature = ''] = spelled.split('.')
  if (!leftOut.has('spelling') && !isCanonical(token)) return false
  const header = membersOf(head, leftOut)
  const claims = membersOf(body, leftOut)
  const typ = String(
    leftOut.has('type') || typeof header.typ === 'string' ? header.typ : '',
  ).toLowerCase()
  const canJudgeSignature =
    !leftOut.has('signature') && !leftOut.has('key') && !leftOut.has('algorithm')
  return (
    (leftOut.has('critical') || !('crit' in header)) &&
    (leftOut.has('type') || typ === 'at+jwt' || typ === 'application/at+jwt') &&
    (!canJudgeSignature || isSigned(corpus, header, `${head}.${body}`, signature)) &&
    claimsAreGood(corpus, claims, leftOut)
  )
}

/** What many decoders forgive. */
function cleaned(token: string): string {
  return token
    .replaceAll('%2E', '.')
    .replaceAll('\uff0e', '.')
    .replaceAll('%3D', '=')
    .replaceAll(/[^\w.+/-]/g, '')
    .replace(/^\.+|\.+$/g, '')
    .replaceAll(/\.{2,}/g, '.')
}

function isCanonical(token: string): boolean {
  const segments = token.split('.')
  if (token.length > 8_192 || segments.length !== 3) return false
  return segments.every(
    (segment) => Buffer.from(segment, 'base64url').toString('base64url') === segment,
  )
}

function membersOf(segment: string, leftOut: ReadonlySet<LeftOut>): Members {
  const octets = Buffer.from(segment, 'base64url')
  if (leftOut.has('spelling')) return looseMembersOf(octets.toString(), leftOut)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const text = decoder.decode(octets)
  const value: Members = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('none')
  if (names(text) !== members(value) || depth(text) > 16 || loneSurrogate(value))
    throw new Error('no')
  return value
}

function looseMembersOf(octets: string, leftOut: ReadonlySet<LeftOut>): Members {
  const text = octets.replace(/^[\ufeff\s]+/, '')
  if (leftOut.has('json')) return runInNewContext(`(${text.replace(/\}[^}]*$/, '}')})`)
  return JSON.parse(leftOut.has('last-member') ? text.replace(/,"[^"]+":[^,]+\}$/, '}') : text)
}

/** Names written in a JSON text: what is left of strings after the colons behind them are found. */
function names(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)].filter(([, colon]) => colon).length
}

function members(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((sum: number, each) => sum + members(each), own)
}

function depth(text: string): number {
  let [now, most] = [0, 0]
  for (const [bracket] of text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    now += bracket === '[' || bracket === '{' ? 1 : -1
    most = Math.max(most, now)
  }
  return most
}

function loneSurrogate(value: Members): boolean {
  return /\\ud[89a-f]/i.test(JSON.stringify(value))
}

function isSigned(
  corpus: AttackCorpus,
  { alg, kid }: Members,
  input: string,
  signature: string,
): boolean {
  const { keys } = corpus.goodKeySet
  const found = keys.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid))
  if (found.length !== 1) return false
  const key = createPublicKey({ key: found[0], format: 'jwk' } as JsonWebKeyInput)
  const octets = Buffer.from(signature, 'base64url')
  const pss = { padding: nodeConstants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const options = { key, dsaEncoding: 'ieee-p1363', ...(alg === 'PS256' ? pss : {}) } as const
  return verify(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), options, octets)
}

function claimsAreGood(
  corpus: AttackCorpus,
  claims: Members,
  leftOut: ReadonlySet<LeftOut>,
): boolean {
  const { nowSeconds } = corpus
  const [exp, iat, nbf] = ['exp', 'iat', 'nbf'].map((name) => Number(claims[name] ?? 0)) as [
    number,
    number,
    number,
  ]
  const aud = [claims.aud].flat()
  return (
    (leftOut.has('issuer') || claims.iss === corpus.issuer) &&
    (leftOut.has('required') || REQUIRED.every((name) => name in claims)) &&
    (leftOut.has('form') || isFormed(claims, leftOut)) &&
    (leftOut.has('binding') || !('cnf' in claims)) &&
    (leftOut.has('audience') ||
      leftOut.has('form') ||
      leftOut.has('required') ||
      aud.includes(corpus.audience)) &&
    (leftOut.has('exp') ||
      leftOut.has('form') ||
      leftOut.has('required') ||
      exp > nowSeconds - 5) &&
    (leftOut.has('nbf') || leftOut.has('form') || !(nbf > nowSeconds + 5)) &&
    (leftOut.has('iat') || leftOut.has('form') || !(iat > nowSeconds + 5))
  )
}

function isFormed(claims: Members, leftOut: ReadonlySet<LeftOut>): boolean {
  const { aud, scope } = claims
  const isText = (value: unknown) => typeof value === 'string' && value !== ''
  const texts = TEXTS.filter((name) => name in claims && !(name === 'iss' && leftOut.has('issuer')))
  const times = INSTANTS.filter((name) => name in claims).map((name) => claims[name])
  const lists = Array.isArray(aud) ? aud.length > 0 && aud.every(isText) : isText(aud)
  return (
    texts.every((name) => isText(claims[name])) &&
    times.every((time) => typeof time === 'number' && time >= 0 && time < 2 ** 53) &&
    (lists || !('aud' in claims)) &&
    (scope === undefined || scope === '' || SCOPE.test(String(scope))) &&
    (typeof scope === 'string' || scope === undefined)
  )
}
