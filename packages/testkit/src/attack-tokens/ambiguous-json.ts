/** Octets that some parsers take for JSON, objects that are none, and names that an object has by itself. */
import { type AttackCase, type TokenAttack, tokenCases } from './attack-case.ts'
import type { AttackWorkshop } from './attack-workshop.ts'

/** Cases of the class `ambiguous-json`. */
export function ambiguousJson(workshop: AttackWorkshop): readonly AttackCase[] {
  const text = workshop.claimsText()
  return tokenCases('ambiguous-json', [
    ...notObjects().map(([name, json]) => payload(workshop, name, json)),
    ...notJson(text).map(([name, json]) => payload(workshop, name, json)),
    ...notText(text).map(([name, octets]) => payload(workshop, name, octets)),
    ...deep(text).map(([name, json]) => payload(workshop, name, json, ['CVE-2025-53864'])),
    ...headers(workshop),
    ...prototypes(workshop),
  ])
}

function payload(
  workshop: AttackWorkshop,
  name: string,
  claims: string | Uint8Array,
  cve: readonly string[] = [],
): TokenAttack {
  const why = 'Claims are one JSON object in UTF-8 (RFC 7519 section 7.2), of bounded depth.'
  return [`claims-${name}`, 'malformed_token', why, workshop.token({ claims }), cve]
}

function notObjects(): readonly (readonly [string, string])[] {
  return [
    ['list', '[]'],
    ['list-of-claims', '[{"iss":"https://issuer.example"}]'],
    ['text', '"claims"'],
    ['number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    ['space', ' '],
  ]
}

function notJson(text: string): readonly (readonly [string, string])[] {
  const inside = (part: string) => text.replace('{', `{${part},`)
  return [
    ['cut', text.slice(0, -1)],
    ['comma-at-the-end', text.replace(/\}$/, ',}')],
    ['garbage-behind', `${text}x`],
    ['object-behind', `${text}{}`],
    ['nul-behind', `${text}\0`],
    ['comment', text.replace('{', '{/* */')],
    ['single-quotes', text.replaceAll('"', "'")],
    ['name-without-quotes', inside('x:1')],
    ['not-a-number', inside('"x":NaN')],
    ['infinity', inside('"x":Infinity')],
    ['exp-not-a-number', text.replace(/"exp":\d+/, '"exp":NaN')],
    ['leading-zero', inside('"x":01')],
    ['plus-sign', inside('"x":+1')],
    ['hexadecimal-number', inside('"x":0x10')],
    ['control-character', inside('"x":"a\u0001b"')],
    ['line-end-in-text', inside('"x":"a\nb"')],
    ['lone-high-surrogate', inside('"x":"\\ud800"')],
    ['lone-low-surrogate', inside('"x":"a\\udfffb"')],
    ['surrogates-swapped', inside('"x":"\\udc00\\ud800"')],
    ['lone-surrogate-in-name', inside('"\\ud800":1')],
    ['no-break-space', `\u00a0${text}`],
    ['byte-order-mark', `\ufeff${text}`],
  ]
}

function notText(text: string): readonly (readonly [string, Uint8Array])[] {
  const inside = (...octets: readonly number[]) => {
    const [before = '', after = ''] = text.replace('{', '{"x":"|",').split('|')
    return new Uint8Array(
      Buffer.concat([Buffer.from(before), Buffer.of(...octets), Buffer.from(after)]),
    )
  }
  return [
    ['octet-ff', inside(0xff)],
    ['octet-80', inside(0x80)],
    ['overlong-slash', inside(0xc0, 0xaf)],
    ['overlong-nul', inside(0xc0, 0x80)],
    ['encoded-surrogate', inside(0xed, 0xa0, 0x80)],
    ['cut-sequence', inside(0xe2, 0x82)],
    ['beyond-unicode', inside(0xf4, 0x90, 0x80, 0x80)],
    ['latin-1', inside(0xe9)],
    ['utf-16', new Uint8Array(Buffer.from(text, 'utf16le'))],
    ['utf-16-with-mark', new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))],
  ]
}

function deep(text: string): readonly (readonly [string, string])[] {
  const inside = (value: string) => text.replace('{', `{"x":${value},`)
  const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  return [
    ['lists-17-deep', inside(lists(17))],
    ['lists-2500-deep', inside(lists(2_500))],
    ['objects-400-deep', inside(`${'{"x":'.repeat(400)}1${'}'.repeat(400)}`)],
    ['lists-without-end', inside('['.repeat(3_000))],
  ]
}

function headers(workshop: AttackWorkshop): readonly TokenAttack[] {
  const text = workshop.headerText()
  const why = 'A header is one JSON object in UTF-8 (RFC 7515 section 4).'
  const rows: readonly (readonly [string, string | Uint8Array])[] = [
    ['list', '[]'],
    ['list-with-header', `[${text}]`],
    ['text', JSON.stringify(text)],
    ['null', 'null'],
    ['empty-object', '{}'],
    ['cut', text.slice(0, -1)],
    ['garbage-behind', `${text}x`],
    ['comma-at-the-end', text.replace(/\}$/, ',}')],
    ['byte-order-mark', `\ufeff${text}`],
    ['octet-ff', Uint8Array.of(...Buffer.from(text.replace('}', ',"x":"')), 0xff, 0x22, 0x7d)],
    ['lone-surrogate', text.replace('{', '{"x":"\\ud800",')],
    ['utf-16', new Uint8Array(Buffer.from(text, 'utf16le'))],
    ['lists-deep', text.replace('{', `{"x":${'['.repeat(99)}${']'.repeat(99)},`)],
    ['under-proto', `{"__proto__":${text}}`],
  ]
  return rows.map(([name, header]) => [
    `header-${name}`,
    'malformed_token',
    why,
    workshop.token({ header }),
  ])
}

/** What an object has without being told must not stand in for what a token says. */
function prototypes(workshop: AttackWorkshop): readonly TokenAttack[] {
  const text = workshop.claimsText()
  const withProto = workshop.claimsText({ aud: 'https://other.example' })
  const why = 'A member counts only if the token itself has it.'
  return [
    [
      'claims-under-proto',
      'wrong_issuer',
      why,
      workshop.token({ claims: `{"__proto__":${text}}` }),
    ],
    [
      'claims-under-constructor',
      'wrong_issuer',
      why,
      workshop.token({ claims: `{"constructor":{"prototype":${text}}}` }),
    ],
    [
      'audience-under-proto',
      'wrong_audience',
      why,
      workshop.token({
        claims: withProto.replace('{', `{"__proto__":{"aud":"${workshop.audience}"},`),
      }),
    ],
    [
      'names-in-capitals',
      'wrong_issuer',
      'Names are compared octet by octet; some parsers do not care about their case.',
      workshop.token({ claims: text.replace('"iss"', '"ISS"') }),
    ],
    [
      'audience-in-capitals',
      'claim_missing',
      'Names are compared octet by octet; some parsers do not care about their case.',
      workshop.token({ claims: text.replace('"aud"', '"AUD"') }),
    ],
  ]
}
