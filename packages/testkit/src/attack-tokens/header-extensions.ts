/** Header members that change what a token means: `crit`, `b64`, `zip`. */
import { deflateRawSync } from 'node:zlib'
import type { Overrides } from '../some.ts'
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'
import { signatureOf } from './corpus-signatures.ts'

const CRITICAL: readonly (readonly [name: string, members: Overrides])[] = [
  ['unknown-extension', { crit: ['x-policy'], 'x-policy': 'strict' }],
  ['url-as-extension', { crit: ['https://example.com/ext'], 'https://example.com/ext': true }],
  ['extension-that-is-not-there', { crit: ['x-missing'] }],
  ['claim-name', { crit: ['exp'], exp: 1 }],
  ['registered-name', { crit: ['alg'] }],
  ['name-twice', { crit: ['x-policy', 'x-policy'], 'x-policy': 1 }],
  ['empty-name', { crit: [''] }],
  ['empty-list', { crit: [] }],
  ['text', { crit: 'exp' }],
  ['null', { crit: null }],
  ['number', { crit: 0 }],
  ['object', { crit: {} }],
  ['prototype-name', { crit: ['constructor'] }],
  ['b64-true', { crit: ['b64'], b64: true }],
  ['b64-false-over-an-encoded-payload', { crit: ['b64'], b64: false }],
]

/** Cases of the class `header-extension`. */
export function headerExtensions(workshop: AttackWorkshop): readonly AttackCase[] {
  const cve = ['CVE-2026-35042', 'CVE-2025-59420', 'CVE-2026-32597']
  const why = 'What is critical and not understood must be refused (RFC 7515 section 4.1.11).'
  return tokenCases('header-extension', [
    ...CRITICAL.map(
      ([name, header]): TokenAttack => [
        `crit-${name}`,
        'critical_header',
        why,
        workshop.token({ header }),
        cve,
      ],
    ),
    unencodedPayload(workshop),
    compressedPayload(workshop),
  ])
}

/** RFC 7797: the payload is signed and sent as it is. */
function unencodedPayload(workshop: AttackWorkshop): TokenAttack {
  const header = workshop.headerText({ crit: ['b64'], b64: false })
  // A payload without the commas of JSON, which would make the field look like two credentials.
  const payload = '{"iss":"an issuer. with a dot"}'
  const input = `${Buffer.from(header).toString('base64url')}.${payload}`
  const { algorithm, key } = workshop
  const signature = Buffer.from(signatureOf(algorithm, { ...key }, input)).toString('base64url')
  const why = 'An unencoded payload (RFC 7797) has no place in a compact access token.'
  return ['b64-false-unencoded', 'malformed_token', why, `${input}.${signature}`]
}

function compressedPayload(workshop: AttackWorkshop): TokenAttack {
  const claims = new Uint8Array(deflateRawSync(workshop.claimsText()))
  const token = workshop.token({ header: { zip: 'DEF' }, claims })
  const why = 'Signed tokens are never compressed; inflating them is a way to run out of memory.'
  return ['zip', 'malformed_token', why, token, ['CVE-2024-28176']]
}
