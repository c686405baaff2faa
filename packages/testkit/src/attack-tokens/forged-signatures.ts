/** Signatures that are wrong in ways that libraries have accepted, and good signatures of something else. */
import { fixtureKeys } from '../fixture-keys.ts'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import { type AttackWorkshop, segmentsOf } from './attack-workshop.ts'
import {
  ecdsaSignature,
  integerPair,
  integersOf,
  modulusBytes,
  namedDigestOf,
  p256Order,
  pkcs1Block,
  pssSignature,
  rawRsa,
  type SigningJwk,
  signatureOf,
} from './corpus-signatures.ts'
import { spareRsaKey } from './unfit-key-fixtures.ts'

/** Cases of the class `forged-signature`. */
export function forgedSignatures(workshop: AttackWorkshop): readonly AttackCase[] {
  return tokenCases('forged-signature', [
    ...psychic(workshop),
    ...otherEcdsaForms(workshop),
    ...edwards(workshop),
    ...pkcs1(workshop),
    ...pss(workshop),
    ...borrowed(workshop),
  ])
}

function psychic(workshop: AttackWorkshop): readonly TokenAttack[] {
  const top = 2n ** 256n - 1n
  const pairs: readonly (readonly [string, bigint, bigint])[] = [
    ['both-zero', 0n, 0n],
    ['r-zero', 0n, 1n],
    ['s-zero', 1n, 0n],
    ['both-one', 1n, 1n],
    ['r-order', p256Order, 1n],
    ['s-order', 1n, p256Order],
    ['both-order', p256Order, p256Order],
    ['zero-and-order', 0n, p256Order],
    ['order-and-zero', p256Order, 0n],
    ['order-less-one', p256Order - 1n, p256Order - 1n],
    ['order-plus-one', p256Order + 1n, p256Order + 1n],
    ['all-ones', top, top],
  ]
  const why =
    'Both integers lie between 1 and the order less one; zeros satisfied Java for any token.'
  return pairs.map(([name, r, s]) => {
    const sign = () => integerPair(r, s, 32)
    const token = workshop.token({ algorithm: 'ES256', sign })
    return [`ecdsa-${name}`, 'bad_signature', why, token, ['CVE-2022-21449']]
  })
}

function otherEcdsaForms(workshop: AttackWorkshop): readonly TokenAttack[] {
  const key: SigningJwk = { ...fixtureKeys.ES256 }
  const changed = (change: (signature: Uint8Array) => Uint8Array) =>
    workshop.token({
      algorithm: 'ES256',
      sign: (text) => change(ecdsaSignature(key, 'sha256', text)),
    })
  const aliased = 'An integer beyond the order is another spelling of a smaller one.'
  const length = 'Two integers of 32 octets each and nothing else (RFC 7518 section 3.4).'
  const beyond = changed((signature) => {
    const [r, s] = integersOf(signature)
    return integerPair(r + p256Order, s, 33)
  })
  const attacks: readonly (readonly [string, string, string])[] = [
    ['der', length, changed(derOf)],
    ['r-beyond-order', aliased, beyond],
    ['integers-of-33-octets', length, changed((text) => integerPair(...integersOf(text), 33))],
    ['integers-of-48-octets', length, changed((text) => integerPair(...integersOf(text), 48))],
    ['cut', length, changed((text) => text.slice(0, 63))],
    ['with-octet-behind', length, changed((text) => Uint8Array.of(...text, 0))],
    ['with-octet-before', length, changed((text) => Uint8Array.of(0, ...text))],
    ['twice', length, changed((text) => Uint8Array.of(...text, ...text))],
    ['halves-swapped', length, changed((text) => swapped(text))],
    ['little-endian', length, changed((text) => text.toReversed())],
    ['digest-sha384', 'ES256 means SHA-256.', withDigest(workshop, key, 'sha384')],
    ['digest-sha1', 'ES256 means SHA-256.', withDigest(workshop, key, 'sha1')],
  ]
  return attacks.map(([name, why, token]) => [`ecdsa-${name}`, 'bad_signature', why, token])
}

function withDigest(workshop: AttackWorkshop, key: SigningJwk, digest: string): string {
  return workshop.token({ algorithm: 'ES256', sign: (text) => ecdsaSignature(key, digest, text) })
}

function edwards(workshop: AttackWorkshop): readonly TokenAttack[] {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const right = (text: string) => signatureOf('EdDSA', { ...fixtureKeys.EdDSA }, text)
  const changed = (change: (signature: Uint8Array) => Uint8Array) =>
    workshop.token({ algorithm: 'EdDSA', sign: (text) => change(right(text)) })
  const beyond = (signature: Uint8Array) => {
    const s = littleEndian(signature.subarray(32)) + order
    return Uint8Array.of(...signature.subarray(0, 32), ...octetsFromLow(s))
  }
  const attacks: readonly (readonly [string, string, string])[] = [
    [
      's-beyond-order',
      'S is below the order (RFC 8032 section 5.1.7), or has aliases.',
      changed(beyond),
    ],
    ['zero', 'Zeros prove nothing.', changed(() => new Uint8Array(64))],
    [
      'neutral-point',
      'A point of small order makes one signature fit many messages.',
      changed(() => Uint8Array.of(1, ...new Uint8Array(63))),
    ],
    ['cut', 'A signature has 64 octets.', changed((signature) => signature.slice(0, 63))],
    ['lengthened', 'A signature has 64 octets.', changed((text) => Uint8Array.of(...text, 0))],
  ]
  return attacks.map(([name, why, token]) => [`eddsa-${name}`, 'bad_signature', why, token])
}

function pkcs1(workshop: AttackWorkshop): readonly TokenAttack[] {
  const key: SigningJwk = { ...fixtureKeys.RS256 }
  const length = modulusBytes(key)
  const signed = (block: (input: string) => Uint8Array) =>
    workshop.token({ algorithm: 'RS256', sign: (input) => rawRsa(key, block(input)) })
  const plain = (octets: (input: string) => Uint8Array) =>
    workshop.token({ algorithm: 'RS256', sign: octets })
  const right = (input: string) => signatureOf('RS256', key, input)
  const form = 'The block is exactly PKCS #1 v1.5 with SHA-256 (RFC 8017 section 8.2.2).'
  const size = 'A signature is as long as the modulus.'
  const attacks: readonly (readonly [string, string, string])[] = [
    [
      'without-digest-name',
      form,
      signed((text) => pkcs1Block(namedDigestOf(text).slice(19), length)),
    ],
    ['garbage-behind-digest', form, signed((text) => garbageBehind(namedDigestOf(text), length))],
    ['short-padding', form, signed((text) => shortPadding(namedDigestOf(text), length))],
    ['encryption-padding', form, signed((text) => blockTypeTwo(namedDigestOf(text), length))],
    ['digest-sha512', form, plain((text) => signatureOf('RS512', key, text))],
    ['digest-sha1', form, plain((text) => signatureOf('RS1', key, text))],
    ['zero', "Zero is nobody's signature.", plain(() => new Uint8Array(length))],
    ['one', "One is nobody's signature.", plain(() => new Uint8Array(length).fill(1, -1))],
    ['zero-octet-before', size, plain((text) => Uint8Array.of(0, ...right(text)))],
    ['cut', size, plain((text) => right(text).slice(0, -1))],
    [
      'all-ones',
      'A signature is below the modulus.',
      plain(() => new Uint8Array(length).fill(255)),
    ],
    ['as-pss', 'RS256 is not PS256.', plain((text) => pssSignature(key, text, 32))],
  ]
  return attacks.map(([name, why, token]) => [`rsa-${name}`, 'bad_signature', why, token])
}

function pss(workshop: AttackWorkshop): readonly TokenAttack[] {
  const key: SigningJwk = { ...fixtureKeys.PS256 }
  const salted = (bytes: number) =>
    workshop.token({ algorithm: 'PS256', sign: (text) => pssSignature(key, text, bytes) })
  const asPkcs1 = workshop.token({
    algorithm: 'PS256',
    sign: (text) => signatureOf('RS256', key, text),
  })
  const salt = 'The salt is as long as the digest (RFC 7518 section 3.5).'
  const attacks: readonly (readonly [string, string, string])[] = [
    ['without-salt', salt, salted(0)],
    ['salt-of-20-octets', salt, salted(20)],
    ['salt-of-64-octets', salt, salted(64)],
    ['as-pkcs1', 'PS256 is not RS256.', asPkcs1],
  ]
  return attacks.map(([name, why, token]) => [`pss-${name}`, 'bad_signature', why, token])
}

/** Good signatures, of other keys or other octets. */
function borrowed(workshop: AttackWorkshop): readonly TokenAttack[] {
  const { algorithm, good, key } = workshop
  const [header, payload, signature] = segmentsOf(good)
  const wider = workshop.claimsText({ scope: `${workshop.scope} admin` })
  const longer = workshop.claimsText({ exp: workshop.nowSeconds + 999_999 })
  const other = workshop.claimsText({ sub: 'somebody-else', client_id: 'somebody-else' })
  const encoded = (text: string) => Buffer.from(text).toString('base64url')
  const known = (algorithmOfKey: 'RS256' | 'ES256' | 'EdDSA' | 'PS256', by: SigningJwk) =>
    workshop.token({
      algorithm: algorithmOfKey,
      key: by,
      header: { kid: fixtureKeys[algorithmOfKey].kid },
    })
  const why = 'A signature belongs to one key and to the octets that were signed.'
  const own: SigningJwk = { ...key }
  const rehead = encoded(workshop.headerText({ note: 'changed' }))
  const flipped = Buffer.from(signature, 'base64url')
  flipped[7] = (flipped[7] ?? 0) ^ 0x10
  const attacks: readonly (readonly [string, string, (readonly string[])?])[] = [
    ['scope-widened', `${header}.${encoded(wider)}.${signature}`, ['CVE-2026-35039']],
    ['life-prolonged', `${header}.${encoded(longer)}.${signature}`],
    ['client-replaced', `${header}.${encoded(other)}.${signature}`],
    ['header-replaced', `${rehead}.${payload}.${signature}`],
    ['bit-flipped', `${header}.${payload}.${flipped.toString('base64url')}`],
    [
      'by-an-attacker-under-a-known-kid',
      workshop.token({ key: workshop.attackerKey, header: { kid: key.kid } }),
    ],
    ['rsa-by-another-key', known('RS256', spareRsaKey)],
    [
      'of-the-payload-alone',
      workshop.token({ sign: (text) => signatureOf(algorithm, own, text.split('.')[1] ?? '') }),
    ],
    [
      'of-the-decoded-payload',
      workshop.token({ sign: () => signatureOf(algorithm, own, workshop.claimsText()) }),
    ],
    [
      'of-the-parts-without-dot',
      workshop.token({ sign: (text) => signatureOf(algorithm, own, text.replace('.', '')) }),
    ],
    ['of-nothing', workshop.token({ sign: () => signatureOf(algorithm, own, '') })],
  ]
  return attacks.map(([name, token, cve]) => [name, 'bad_signature', why, token, cve ?? []])
}

function derOf(signature: Uint8Array): Uint8Array {
  const [r, s] = integersOf(signature).map(derInteger) as [Uint8Array, Uint8Array]
  return Uint8Array.of(0x30, r.length + s.length, ...r, ...s)
}

function derInteger(value: bigint): Uint8Array {
  const hex = value.toString(16)
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  const sign = (octets[0] ?? 0) < 0x80 ? [] : [0]
  return Uint8Array.of(0x02, octets.length + sign.length, ...sign, ...octets)
}

function swapped(signature: Uint8Array): Uint8Array {
  const [r, s] = integersOf(signature)
  return integerPair(s, r, 32)
}

function littleEndian(octets: Uint8Array): bigint {
  return BigInt(
    `0x${Buffer.from(octets)
      .toReversed()
      .reduce((hex, octet) => hex + octet.toString(16).padStart(2, '0'), '')}`,
  )
}

function octetsFromLow(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed())
}

/** What Bleichenbacher's forgery of 2006 looks like, signed right so that only the form can give it away. */
function garbageBehind(content: Uint8Array, length: number): Uint8Array {
  const filling = new Uint8Array(8).fill(0xff)
  const block = new Uint8Array(length).fill(0x42)
  block.set(Uint8Array.of(0, 1, ...filling, 0, ...content))
  return block
}

/** Zeros in place of most of the 0xff octets. */
function shortPadding(content: Uint8Array, length: number): Uint8Array {
  const block = pkcs1Block(content, length)
  return block.fill(0, 10, length - content.length)
}

/** Block type 2, which is for encryption. */
function blockTypeTwo(content: Uint8Array, length: number): Uint8Array {
  return pkcs1Block(content, length).fill(2, 1, 2)
}
