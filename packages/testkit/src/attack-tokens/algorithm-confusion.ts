/** HMAC under octets that everybody knows: a verifier that takes the algorithm from the token admits these. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { serialiseJwkSet } from '@mintmark/jwt'
import { fixtureKeys } from '../fixture-keys.ts'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'
import { hmacOf } from './corpus-signatures.ts'

type Secret = readonly [
  name: string,
  secret: string | Uint8Array,
  why: string,
  cve?: readonly string[],
]

/** Cases of the class `algorithm-confusion`. */
export function algorithmConfusion(workshop: AttackWorkshop): readonly AttackCase[] {
  const pem = pemOf(publicKey('RS256'), 'spki')
  const attacks = [
    ...rsaSecrets().map((secret) => attackWith(workshop, 'RS256', secret)),
    ...curveSecrets().map((secret) => attackWith(workshop, 'ES256', secret)),
    ...knownSecrets().map((secret) => attackWith(workshop, 'RS256', secret)),
    ...['384', '512'].map(
      (size): TokenAttack => [
        `hs${size}-rsa-spki-pem`,
        'algorithm_not_allowed',
        'The public key is no secret, whatever the digest.',
        hmacToken(workshop, `HS${size}`, 'fixture-rs256', pem),
        ['CVE-2016-10555'],
      ],
    ),
    withoutKid(workshop, pem),
  ]
  return tokenCases('algorithm-confusion', attacks)
}

function attackWith(
  workshop: AttackWorkshop,
  key: 'RS256' | 'ES256',
  [name, secret, why, cve]: Secret,
): TokenAttack {
  const token = hmacToken(workshop, 'HS256', fixtureKeys[key].kid ?? '', secret)
  return [`hs256-${name}`, 'algorithm_not_allowed', why, token, cve ?? []]
}

function withoutKid(workshop: AttackWorkshop, pem: string): TokenAttack {
  const header = { alg: 'HS256', kid: undefined }
  const token = workshop.token({ header, sign: (input) => hmacOf('sha256', pem, input) })
  const why = 'Without a kid, a verifier with one key would use it as the secret.'
  return ['hs256-without-kid', 'algorithm_not_allowed', why, token, ['CVE-2016-10555']]
}

function hmacToken(
  workshop: AttackWorkshop,
  alg: string,
  kid: string,
  secret: string | Uint8Array,
): string {
  const sign = (input: string) => hmacOf(`sha${alg.slice(2)}`, secret, input)
  return workshop.token({ header: { alg, kid }, sign })
}

function rsaSecrets(): readonly Secret[] {
  const key = publicKey('RS256')
  const spki = pemOf(key, 'spki')
  const pkcs1 = pemOf(key, 'pkcs1')
  const jwk = key.export({ format: 'jwk' })
  const known = 'The secret is the public key, spelled as the verifier may hold it.'
  return [
    ['rsa-spki-pem', spki, known, ['CVE-2016-10555', 'CVE-2026-39999', 'CVE-2024-37568']],
    ['rsa-spki-pem-without-line-end', spki.trimEnd(), known, ['CVE-2016-10555']],
    ['rsa-spki-pem-crlf', spki.replaceAll('\n', '\r\n'), known, ['CVE-2016-10555']],
    ['rsa-spki-pem-after-space', ` ${spki}`, known, ['CVE-2026-34950']],
    ['rsa-spki-pem-after-line-end', `\n${spki}`, known, ['CVE-2026-34950']],
    ['rsa-spki-pem-after-tab', `\t${spki}`, known, ['CVE-2026-34950']],
    ['rsa-spki-pem-after-bom', `\ufeff${spki}`, known, ['GHSA-ww5h-9m49-7xx4']],
    ['rsa-spki-pem-after-words', `# key\n${spki}`, known, ['GHSA-ww5h-9m49-7xx4']],
    ['rsa-spki-pem-after-nul', `\0${spki}`, known, ['GHSA-ww5h-9m49-7xx4']],
    ['rsa-spki-pem-in-one-line', spki.replaceAll('\n', ''), known],
    ['rsa-pkcs1-pem', pkcs1, known, ['CVE-2023-48223']],
    ['rsa-pkcs1-pem-after-space', ` ${pkcs1}`, known, ['CVE-2026-34950', 'CVE-2023-48223']],
    ['rsa-spki-der', derOf(key, 'spki'), known, ['CVE-2016-10555']],
    ['rsa-pkcs1-der', derOf(key, 'pkcs1'), known, ['CVE-2016-10555']],
    ['rsa-spki-base64', Buffer.from(derOf(key, 'spki')).toString('base64'), known],
    ['rsa-jwk-json', JSON.stringify(jwk), known, ['GHSA-g3jj-5cmm-3hxx']],
    ['rsa-jwk-set-json', JSON.stringify({ keys: [jwk] }), known, ['GHSA-g3jj-5cmm-3hxx']],
    ['rsa-modulus-octets', Buffer.from(jwk.n ?? '', 'base64url'), known],
    ['rsa-modulus-text', jwk.n ?? '', known],
    ['rsa-openssh', opensshRsa(jwk.e ?? '', jwk.n ?? ''), known, ['CVE-2022-29217']],
  ]
}

function curveSecrets(): readonly Secret[] {
  const key = publicKey('ES256')
  const jwk = key.export({ format: 'jwk' })
  const known = 'The secret is the public key, spelled as the verifier may hold it.'
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(jwk.x ?? '', 'base64url'),
    Buffer.from(jwk.y ?? '', 'base64url'),
  ])
  return [
    ['ec-spki-pem', pemOf(key, 'spki'), known, ['CVE-2022-23540', 'CVE-2022-23541']],
    ['ec-spki-pem-after-space', ` ${pemOf(key, 'spki')}`, known, ['CVE-2026-34950']],
    ['ec-spki-der', derOf(key, 'spki'), known],
    ['ec-jwk-json', JSON.stringify(jwk), known, ['GHSA-g3jj-5cmm-3hxx']],
    ['ec-point', point, known],
    ['ec-openssh', opensshEc(point), known, ['CVE-2024-33663', 'CVE-2022-29217']],
  ]
}

function knownSecrets(): readonly Secret[] {
  const guess = 'A secret that is empty, published or in every word list is none.'
  const keySet = serialiseJwkSet(Object.values(fixtureKeys))
  const blank = ['CVE-2019-20933', 'CVE-2020-28637', 'GHSA-gmvf-9v4p-v8jc', 'GHSA-8wpc-h4q6-8fxv']
  return [
    ['empty-secret', '', guess, blank],
    ['null-secret', 'null', guess, ['GHSA-8wpc-h4q6-8fxv']],
    ['undefined-secret', 'undefined', guess, ['CVE-2022-23529']],
    ['guessed-secret', 'secret', guess],
    ['kid-as-secret', 'fixture-rs256', guess, ['GHSA-869p-cjfg-cm3x']],
    ['published-key-set-as-secret', keySet, guess, ['GHSA-g3jj-5cmm-3hxx']],
  ]
}

function publicKey(algorithm: 'RS256' | 'ES256'): KeyObject {
  return createPublicKey({ key: { ...fixtureKeys[algorithm] }, format: 'jwk' })
}

function pemOf(key: KeyObject, type: 'spki' | 'pkcs1'): string {
  return key.export({ format: 'pem', type }).toString()
}

function derOf(key: KeyObject, type: 'spki' | 'pkcs1'): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type }))
}

/** RFC 4253 section 6.6: the line of a `.pub` file. */
function opensshRsa(exponent: string, modulus: string): string {
  const integers = [exponent, modulus].map((text) => Buffer.from(text, 'base64url'))
  const parts = [Buffer.from('ssh-rsa'), ...integers.map(positive)]
  return `ssh-rsa ${Buffer.concat(parts.flatMap(prefixed)).toString('base64')}`
}

/** RFC 5656 section 3.1. */
function opensshEc(point: Buffer): string {
  const name = 'ecdsa-sha2-nistp256'
  const parts = [Buffer.from(name), Buffer.from('nistp256'), point]
  return `${name} ${Buffer.concat(parts.flatMap(prefixed)).toString('base64')}`
}

function positive(integer: Buffer): Buffer {
  return (integer[0] ?? 0) < 0x80 ? integer : Buffer.concat([Buffer.of(0), integer])
}

function prefixed(part: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(part.length)
  return [length, part]
}
