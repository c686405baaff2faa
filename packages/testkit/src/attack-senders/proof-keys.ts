/** Keys that prove nothing: private, symmetric, weak, for something else, or elsewhere (RFC 9449 section 4.3). */
import { createPublicKey, type JsonWebKeyInput } from 'node:crypto'
import type { JsonValue } from '@mintmark/protocol'
import {
  ecdsaSignature,
  hmacOf,
  modulusBytes,
  namedDigestOf,
  pkcs1Block,
  type SigningJwk,
} from '../attack-tokens/corpus-signatures.ts'
import {
  exponentOneJwk,
  p384Key,
  secp256k1Key,
  shortRsaKey,
  spareRsaKey,
} from '../attack-tokens/unfit-key-fixtures.ts'
import { strangerCertificate } from '../fixture-certificates.ts'
import type { Overrides } from '../some.ts'
import { type SenderCase, type SenderRow, senderCases } from './sender-case.ts'
import {
  type ProofDraft,
  publicHalf,
  type SenderWorkshop,
  thumbprintOf,
} from './sender-workshop.ts'

/** Cases of the class `proof-key`. */
export function proofKeys(workshop: SenderWorkshop): readonly SenderCase[] {
  const keys = (rule: string, why: string, rows: readonly SenderRow[]) =>
    senderCases('proof-key', rule, why, rows)
  return [
    ...keys(
      'RFC 9449 section 4.3 rule 7',
      'A key whose private half travels with the proof is everybody’s.',
      privateHalves(workshop),
    ),
    ...keys(
      'RFC 9449 section 4.3 rule 5',
      'With a symmetric algorithm whoever can check a proof can make one.',
      symmetric(workshop),
    ),
    ...keys(
      'RFC 9449 section 4.2',
      'The key of a proof is a JWK in its own header, made for its algorithm.',
      [...elsewhere(workshop), ...unfit(workshop)],
    ),
  ]
}

function malformed(workshop: SenderWorkshop, name: string, draft: ProofDraft): SenderRow {
  return { name, expect: 'proof_malformed', request: workshop.proving({ name, ...draft }) }
}

function privateHalves(workshop: SenderWorkshop): readonly SenderRow[] {
  const { key } = workshop
  const { d, p } = spareRsaKey
  const rsa = (name: string, more: Overrides) =>
    malformed(workshop, name, {
      ...{ key: spareRsaKey, algorithm: 'RS256' },
      header: { jwk: { ...publicHalf(spareRsaKey), ...(more as Record<string, string>) } },
    })
  const ec = { ...publicHalf(key), d: key.d ?? '' }
  return [
    malformed(workshop, 'private', { header: { jwk: ec } }),
    rsa('private-rsa', { d: d ?? '' }),
    rsa('factor-of-rsa', { p: p ?? '' }),
  ]
}

function symmetric(workshop: SenderWorkshop): readonly SenderRow[] {
  const cve = ['CVE-2016-10555']
  const secret = 'c2VjcmV0IG9mIHRoZSBhdHRhY2tlciwgbG9uZyBlbm91Z2g'
  const oct: SigningJwk = { kty: 'oct', k: secret }
  const byMac = (octets: string | Uint8Array) => (input: string) => hmacOf('sha256', octets, input)
  const known = publicHalf(workshop.key)
  const object = createPublicKey({ key: known, format: 'jwk' } as JsonWebKeyInput)
  const pem = object.export({ format: 'pem', type: 'spki' })
  const own = { jwk: { kty: 'oct', k: secret } }
  const token = workshop.boundTo({ jkt: thumbprintOf(oct) })
  const unsigned = (alg: JsonValue | undefined) => ({ header: { alg }, sign: () => '' })
  return [
    malformed(workshop, 'symmetric', {
      ...{ token, header: { alg: 'HS256', ...own }, sign: byMac(Buffer.from(secret, 'base64url')) },
    }),
    malformed(workshop, 'hs256-by-the-public-key', {
      ...{ header: { alg: 'HS256' }, sign: byMac(pem) },
    }),
    malformed(workshop, 'hs256-by-the-jwk', {
      ...{ header: { alg: 'HS256' }, sign: byMac(JSON.stringify(known)) },
    }),
    malformed(workshop, 'symmetric-under-es256', { token, header: own }),
    ...(['none', 'None', 'nOnE', ''] as const).map((alg) =>
      malformed(workshop, `unsigned-${alg === '' ? 'without-name' : nameOf(alg)}`, unsigned(alg)),
    ),
    malformed(workshop, 'unsigned-without-algorithm', unsigned(undefined)),
    malformed(workshop, 'none-with-signature', { header: { alg: 'none' } }),
    malformed(workshop, 'list-as-algorithm', { header: { alg: ['ES256'] } }),
  ].map((row) => ({ ...row, cve: /none|unsigned/.test(row.name) ? ['CVE-2015-2951'] : cve }))
}

const nameOf = (alg: string): string =>
  [...alg].map((letter) => (/[A-Z]/.test(letter) ? `${letter.toLowerCase()}_` : letter)).join('')

function elsewhere(workshop: SenderWorkshop): readonly SenderRow[] {
  const { key } = workshop
  const lines = strangerCertificate.cert.split('\n').slice(1, -1).join('')
  const places: readonly (readonly [name: string, header: Overrides])[] = [
    ['without-key', { jwk: undefined }],
    ['null-as-key', { jwk: null }],
    ['key-as-text', { jwk: JSON.stringify(publicHalf(key)) }],
    ['keys-in-a-list', { jwk: [publicHalf(key)] }],
    ['key-set', { jwk: { keys: [publicHalf(key)] } }],
    ['key-by-name', { jwk: undefined, kid: 'fixture-es256' }],
    ['key-by-address', { jwk: undefined, jku: 'https://attacker.example/jwks.json' }],
    ['key-in-a-certificate', { jwk: undefined, x5c: [lines] }],
  ]
  return places.map(([name, header]) => malformed(workshop, name, { header }))
}

function unfit(workshop: SenderWorkshop): readonly SenderRow[] {
  const own = publicHalf(workshop.key)
  const labelled = (name: string, more: Overrides) =>
    malformed(workshop, name, { header: { jwk: { ...own, ...more } as JsonValue } })
  const ofCurve = (name: string, key: SigningJwk) =>
    malformed(workshop, name, { key, sign: (input) => ecdsaSignature(key, 'sha256', input) })
  const of = (name: string, key: SigningJwk, algorithm: string, header: Overrides = {}) =>
    malformed(workshop, name, { key, algorithm, header })
  return [
    labelled('for-encryption', { use: 'enc' }),
    labelled('for-other-operations', { key_ops: ['encrypt'] }),
    labelled('for-another-algorithm', { alg: 'ES384' }),
    labelled('without-ordinate', { y: undefined }),
    labelled('off-the-curve', { y: own.x as string }),
    labelled('of-an-unknown-type', { kty: 'ec' }),
    of('rsa-of-1024-bits', shortRsaKey, 'RS256'),
    ofCurve('p-384-under-es256', p384Key),
    ofCurve('secp256k1-under-es256', secp256k1Key),
    of('rsa-under-es256', spareRsaKey, 'RS256', { alg: 'ES256' }),
    malformed(workshop, 'ec-under-rs256', { header: { alg: 'RS256' } }),
    malformed(workshop, 'exponent-one', {
      key: exponentOneJwk,
      ...{ algorithm: 'RS256', sign: exponentOneSignature },
    }),
  ]
}

/** With 1 as the exponent whatever is padded right is its own signature. */
function exponentOneSignature(input: string): Uint8Array {
  return pkcs1Block(namedDigestOf(input), modulusBytes(exponentOneJwk))
}
