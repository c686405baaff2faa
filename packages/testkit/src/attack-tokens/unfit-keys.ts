/** Keys that an issuer publishes and that must not verify: too short, for something else, of another kind. */
import type { JsonObject } from '@mintmark/protocol'
import { fixtureKeys } from '../fixture-keys.ts'
import { type AttackCase, type BrokenRule, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'
import {
  ecdsaSignature,
  hmacOf,
  modulusBytes,
  namedDigestOf,
  pkcs1Block,
  type SigningJwk,
  signatureOf,
} from './corpus-signatures.ts'
import {
  exponentOneJwk,
  otherSpareEcKey,
  p384Key,
  secp256k1Key,
  shortRsaKey,
  spareEcKey,
  spareRsaKey,
} from './unfit-key-fixtures.ts'

/** A key as it is published, with the token that it signed. */
interface UnfitKey {
  readonly kid: string
  readonly published: readonly SigningJwk[]
  readonly alg: string
  readonly sign: (input: string) => Uint8Array
  readonly expect: BrokenRule
  readonly why: string
  readonly cve?: readonly string[]
}

const spare = (input: string) => ecdsaSignature(spareEcKey, 'sha256', input)
const spareRsa = (input: string) => signatureOf('RS256', spareRsaKey, input)

const LABELS: readonly (readonly [name: string, members: Partial<SigningJwk>, why: string])[] = [
  ['use-enc', { use: 'enc' }, 'A key for encryption verifies nothing (RFC 7517 section 4.2).'],
  [
    'use-other',
    { use: 'SIG' },
    'Values of use are compared octet by octet (RFC 7517 section 4.2).',
  ],
  ['ops-encrypt', { key_ops: ['encrypt'] }, 'The key is not for verifying (RFC 7517 section 4.3).'],
  ['ops-sign', { key_ops: ['sign'] }, 'A published key that signs is a mistake to stay away from.'],
  ['ops-empty', { key_ops: [] }, 'A key that is for nothing verifies nothing.'],
  ['labelled-rs256', { alg: 'RS256' }, 'The label of the key does not fit its type.'],
  ['labelled-hs256', { alg: 'HS256' }, 'The label of the key does not fit its type.'],
  ['labelled-none', { alg: 'none' }, 'The label of the key does not fit its type.'],
  ['labelled-es384', { alg: 'ES384' }, 'The label of the key does not fit its curve.'],
]

const labelled = LABELS.map(
  ([name, members, why]): UnfitKey => ({
    kid: `unfit-${name}`,
    published: [{ ...publicOf(spareEcKey), ...members }],
    alg: 'ES256',
    sign: spare,
    expect: 'unknown_key',
    why,
  }),
)

const others: readonly UnfitKey[] = [
  {
    kid: 'unfit-rsa-1024',
    published: [publicOf(shortRsaKey)],
    alg: 'RS256',
    sign: (input) => signatureOf('RS256', shortRsaKey, input),
    expect: 'unknown_key',
    why: 'A key of 2,048 bits or more must be used (RFC 7518 section 3.3).',
    cve: ['CVE-2022-23539'],
  },
  {
    kid: 'unfit-rsa-exponent-one',
    published: [exponentOneJwk],
    alg: 'RS256',
    sign: (input) => pkcs1Block(namedDigestOf(input), modulusBytes(exponentOneJwk)),
    expect: 'unknown_key',
    why: 'With the exponent 1 anybody can sign: the padded message is its own signature.',
  },
  {
    kid: 'unfit-p384',
    published: [publicOf(p384Key)],
    alg: 'ES256',
    sign: (input) => ecdsaSignature(p384Key, 'sha256', input),
    expect: 'unknown_key',
    why: 'ES256 is P-256 with SHA-256 (RFC 7518 section 3.4).',
    cve: ['CVE-2022-23539'],
  },
  {
    kid: 'unfit-p384',
    published: [],
    alg: 'ES384',
    sign: (input) => ecdsaSignature(p384Key, 'sha384', input),
    expect: 'algorithm_not_allowed',
    why: 'That a key for it is published does not allow an algorithm.',
    cve: ['CVE-2026-22817'],
  },
  {
    kid: 'unfit-secp256k1',
    published: [publicOf(secp256k1Key)],
    alg: 'ES256',
    sign: (input) => ecdsaSignature(secp256k1Key, 'sha256', input),
    expect: 'unknown_key',
    why: 'The curve has the length of P-256 and is another.',
    cve: ['CVE-2022-23539'],
  },
  {
    kid: 'unfit-symmetric',
    published: [
      { kty: 'oct', k: Buffer.from('published secret').toString('base64url'), alg: 'HS256' },
    ],
    alg: 'HS256',
    sign: (input) => hmacOf('sha256', 'published secret', input),
    expect: 'algorithm_not_allowed',
    why: 'A secret that is published is none.',
    cve: ['CVE-2022-23541'],
  },
  {
    kid: 'unfit-private',
    published: [otherSpareEcKey],
    alg: 'ES256',
    sign: (input) => ecdsaSignature(otherSpareEcKey, 'sha256', input),
    expect: 'unknown_key',
    why: 'A key whose private half is published belongs to everybody.',
  },
  {
    kid: 'unfit-off-the-curve',
    published: [{ ...publicOf(spareEcKey), y: publicOf(otherSpareEcKey).y ?? '' }],
    alg: 'ES256',
    sign: spare,
    expect: 'unknown_key',
    why: 'A point that is not on the curve is no key.',
  },
  {
    kid: 'unfit-labelled-ps256',
    published: [{ ...publicOf(spareRsaKey), alg: 'PS256' }],
    alg: 'RS256',
    sign: spareRsa,
    expect: 'unknown_key',
    why: 'A key that says PS256 is for PS256 alone (RFC 7517 section 4.4).',
  },
  {
    kid: 'unfit-labelled-rs256-rsa',
    published: [{ ...publicOf(spareRsaKey), alg: 'RS256' }],
    alg: 'PS256',
    sign: (input) => signatureOf('PS256', spareRsaKey, input),
    expect: 'unknown_key',
    why: 'A key that says RS256 is for RS256 alone (RFC 7517 section 4.4).',
  },
  {
    kid: 'unfit-twins',
    published: [publicOf(spareEcKey), publicOf(otherSpareEcKey)],
    alg: 'ES256',
    sign: spare,
    expect: 'ambiguous_key',
    why: 'Two keys with one kid: trying both lets the wrong one vouch.',
  },
]

/** What the issuer publishes beside its good keys. All but the twins are to be left out (RFC 7517 section 5). */
export const unfitPublishedKeys: readonly JsonObject[] = [...labelled, ...others].flatMap(
  ({ kid, published }) => published.map((jwk) => JSON.parse(JSON.stringify({ kid, ...jwk }))),
)

/** Cases of the class `unfit-key`. */
export function unfitKeys(workshop: AttackWorkshop): readonly AttackCase[] {
  const attacks = [...labelled, ...others].map((unfit): TokenAttack => {
    const { kid, alg, sign, expect, why, cve = [] } = unfit
    const name = `${kid.slice('unfit-'.length)}-with-${alg.toLowerCase()}`
    return [name, expect, why, workshop.token({ header: { alg, kid }, sign }), cve]
  })
  return tokenCases('unfit-key', [...attacks, ...kidsOfOtherKinds(workshop)])
}

/** A good key of the issuer, named by a token with an algorithm of another kind of key. */
function kidsOfOtherKinds(workshop: AttackWorkshop): readonly TokenAttack[] {
  const pairs = [
    ['ES256', 'RS256'],
    ['RS256', 'ES256'],
    ['RS256', 'PS256'],
    ['PS256', 'RS256'],
    ['EdDSA', 'ES256'],
    ['ES256', 'EdDSA'],
  ] as const
  const why = 'The key that the token names is not for the algorithm that the token names.'
  return pairs.map(([algorithm, owner]) => {
    const { kid } = fixtureKeys[owner]
    const name = `${algorithm.toLowerCase()}-with-the-kid-of-${owner.toLowerCase()}`
    return [name, 'unknown_key', why, workshop.token({ algorithm, header: { kid } })]
  })
}

function publicOf(key: SigningJwk): SigningJwk {
  const { kty, crv, x, y, n, e } = key
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))
}
