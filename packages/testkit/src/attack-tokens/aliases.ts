/**
 * Other spellings of a token that was signed. Most decode to the very octets that were signed; a verifier that admits
 * them gives a token many names, and whoever is turned away by one (revocation, replay, a cache) tries the next.
 */
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import { type AttackWorkshop, segmentsOf } from './attack-workshop.ts'
import { signatureOf } from './corpus-signatures.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Cases of the class `alias`. */
export function aliases(workshop: AttackWorkshop): readonly AttackCase[] {
  const why =
    'The octets of a token have one spelling; a second one is another name for the same token.'
  const rows = [
    ...tails(workshop.good),
    ...paddings(workshop),
    ...whitespace(workshop.good),
    ...surroundings(workshop.good),
    ...looseSegments(workshop),
  ]
  return tokenCases('alias', [
    ...rows.map(([name, token]): TokenAttack => [name, 'malformed_token', why, token]),
    ...jsonSerialisations(workshop.good),
  ])
}

/** RFC 7515 section 7.2. Its commas make it look like two credentials in one field. */
function jsonSerialisations(good: string): readonly TokenAttack[] {
  const [header, payload, signature] = segmentsOf(good)
  const flattened = { protected: header, payload, signature }
  const general = { payload, signatures: [{ protected: header, signature }] }
  const why = 'A JSON serialisation is no token of RFC 6750 section 2.1.'
  return [
    ['json-serialisation', 'repeated_credentials', why, JSON.stringify(flattened)],
    ['general-json-serialisation', 'repeated_credentials', why, JSON.stringify(general)],
  ]
}

type Alias = readonly [name: string, token: string]

/** The last character of a signature of 64 or 256 octets carries two bits; its other four are ignored by many. */
function tails(good: string): readonly Alias[] {
  const last = ALPHABET.indexOf(good.at(-1) ?? '')
  const same = [...ALPHABET].filter((_, at) => at >> 4 === last >> 4 && at !== last)
  return same.map((character, at) => [`tail-${at + 1}`, good.slice(0, -1) + character])
}

function paddings(workshop: AttackWorkshop): readonly Alias[] {
  const [header, payload, signature] = segmentsOf(workshop.good)
  return [
    ['padded', `${workshop.good}==`],
    ['padded-by-one', `${workshop.good}=`],
    ['padded-by-three', `${workshop.good}===`],
    ['percent-padded', `${workshop.good}%3D%3D`],
    ['padded-header', `${header}=.${payload}.${signature}`],
    ['padded-payload', `${header}.${payload}=.${signature}`],
    ['other-alphabet', `${header}.${payload}.${otherAlphabet(signature)}`],
    ['one-character-of-the-other-alphabet', `${header}.${payload}.${otherAlphabet(signature, 1)}`],
  ]
}

function whitespace(good: string): readonly Alias[] {
  const inside = (text: string) => good.slice(0, -9) + text + good.slice(-9)
  return [
    ['space-inside', inside(' ')],
    ['line-end-inside', inside('\n')],
    ['crlf-inside', inside('\r\n')],
    ['tab-inside', inside('\t')],
    ['nul-inside', inside('\0')],
    ['no-break-space-inside', inside('\u00a0')],
    ['zero-width-space-inside', inside('\u200b')],
    ['soft-hyphen-inside', inside('\u00ad')],
    ['byte-order-mark-inside', inside('\ufeff')],
    ['question-mark-inside', inside('?')],
    ['space-behind', `${good} `],
    ['line-end-behind', `${good}\n`],
    ['nul-behind', `${good}\0`],
    ['tab-before', `\t${good}`],
    ['byte-order-mark-before', `\ufeff${good}`],
    ['space-before-a-dot', good.replace('.', ' .')],
    ['space-behind-a-dot', good.replace('.', '. ')],
  ]
}

function surroundings(good: string): readonly Alias[] {
  return [
    ['dot-behind', `${good}.`],
    ['dot-before', `.${good}`],
    ['two-dots', good.replace('.', '..')],
    ['fourth-segment', `${good}.e30`],
    ['quoted', `"${good}"`],
    ['in-angle-brackets', `<${good}>`],
    ['semicolon-behind', `${good};`],
    ['percent-dots', good.replaceAll('.', '%2E')],
    ['fullwidth-dots', good.replaceAll('.', '\uff0e')],
    ['in-capitals', good.toUpperCase()],
    ['base64-once-more', Buffer.from(good).toString('base64url')],
  ]
}

/** Segments that are not canonical but were signed as they are: only the spelling is wrong. */
function looseSegments(workshop: AttackWorkshop): readonly Alias[] {
  const [header, payload] = segmentsOf(workshop.good)
  const { algorithm, key } = workshop
  const signed = (input: string) =>
    `${input}.${Buffer.from(signatureOf(algorithm, { ...key }, input)).toString('base64url')}`
  const standard = (text: string) => Buffer.from(text).toString('base64')
  return [
    ['signed-with-padded-header', signed(`${header}==.${payload}`)],
    ['signed-with-padded-payload', signed(`${header}.${payload}==`)],
    [
      'signed-with-line-end-in-payload',
      signed(`${header}.${payload.slice(0, 20)}\n${payload.slice(20)}`),
    ],
    ['signed-with-space-in-header', signed(`${header.slice(0, 8)} ${header.slice(8)}.${payload}`)],
    ['signed-with-loose-payload-bits', signed(`${header}.${loose(workshop.claimsText())}`)],
    ['signed-with-loose-header-bits', signed(`${loose(workshop.headerText())}.${payload}`)],
    [
      'signed-with-the-other-alphabet',
      signed(`${header}.${standard(workshop.claimsText({ note: '\u00bf\u00bf>>>???~~~' }))}`),
    ],
  ]
}

/** base64url with a bit set that no octet needs. White space in front makes the length one that has such bits. */
function loose(json: string): string {
  const text = Buffer.byteLength(json) % 3 === 0 ? ` ${json}` : json
  const encoded = Buffer.from(text).toString('base64url')
  return encoded.slice(0, -1) + ALPHABET[ALPHABET.indexOf(encoded.at(-1) ?? '') + 1]
}

/** The characters of plain base64 in place of those for URLs; the first `count` of them. */
function otherAlphabet(text: string, count = Number.POSITIVE_INFINITY): string {
  let left = count
  return text.replaceAll(/[-_]/g, (character) => {
    left -= 1
    if (left < 0) return character
    return character === '-' ? '+' : '/'
  })
}
