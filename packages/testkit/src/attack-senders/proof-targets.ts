/** Proofs for another method or URL (RFC 9449 section 4.3 rules 8 and 9), and requests that would make them fit. */
import { type SenderCase, type SenderRequest, type SenderRow, senderCases } from './sender-case.ts'
import { dpopFields, type SenderWorkshop } from './sender-workshop.ts'

const METHODS: readonly (readonly [name: string, htm: string])[] = [
  ['other-method', 'POST'],
  ['method-in-lower-case', 'get'],
  ['empty-method', ''],
  ['method-before-space', 'GET '],
  ['method-head', 'HEAD'],
  ['any-method', '*'],
  ['two-methods', 'GET,POST'],
]

/** Cases of the class `proof-target`. */
export function proofTargets(workshop: SenderWorkshop): readonly SenderCase[] {
  const methods = METHODS.map(([name, htm]) => misdirected(workshop, name, { htm }))
  const targets = urlsOf(workshop).map(([name, htu]) => misdirected(workshop, name, { htu }))
  return [
    ...senderCases(
      'proof-target',
      'RFC 9449 section 4.3 rule 8',
      'A proof for reading must not do for writing. Methods are compared letter by letter.',
      [...methods, overridden(workshop)],
    ),
    ...senderCases(
      'proof-target',
      'RFC 9449 section 4.3 rule 9',
      'A proof for one URL is worth nothing at another: whoever got it there cannot use it here.',
      targets,
    ),
    ...senderCases(
      'proof-target',
      'RFC 9449 section 4.3 rule 9',
      'What the request calls its host is the word of whoever sends it, and no origin of the API.',
      hosts(workshop),
    ),
  ]
}

function misdirected(
  workshop: SenderWorkshop,
  name: string,
  claims: Readonly<Record<string, string>>,
  more: Partial<SenderRequest> = {},
): SenderRow {
  const request = workshop.proving({ name, claims }, more)
  return { name, expect: 'proof_misdirected', request }
}

function urlsOf({ publicOrigin, path }: SenderWorkshop): readonly (readonly [string, string])[] {
  const { host } = new URL(publicOrigin)
  return [
    ['other-path', `${publicOrigin}/orders/8`],
    ['path-below', `${publicOrigin}${path}/lines`],
    ['path-above', `${publicOrigin}/orders`],
    ['origin-alone', publicOrigin],
    ['trailing-slash', `${publicOrigin}${path}/`],
    ['two-slashes', `${publicOrigin}/${path}`],
    ['path-in-capitals', `${publicOrigin}${path.toUpperCase()}`],
    ['encoded-slash', `${publicOrigin}${path.replace('/7', '%2F7')}`],
    ['path-parameter', `${publicOrigin}${path};a=1`],
    ['other-host', `https://attacker.example${path}`],
    ['host-as-prefix', `https://${host}.attacker.example${path}`],
    ['host-as-suffix', `https://attacker-${host}${path}`],
    ['host-with-final-dot', `https://${host}.${path}`],
    ['host-as-name-of-somebody', `https://${host}@attacker.example${path}`],
    ['with-name-and-secret', `https://a:b@${host}${path}`],
    ['host-behind-backslash', `https:\\\\${host}${path}`],
    ['plain-http', `http://${host}${path}`],
    ['other-scheme', `ftp://${host}${path}`],
    ['other-port', `https://${host}:8443${path}`],
    ['without-scheme', `//${host}${path}`],
    ['path-only', path],
    ['empty-url', ''],
    ['after-space', ` ${publicOrigin}${path}`],
    ['line-end-inside', `${publicOrigin}/orders\n/7`],
    ['tab-inside', `${publicOrigin}/ord\ters/7`],
    ['host-in-full-width', `https://\uff41${host.slice(1)}${path}`],
    ['two-urls', `${publicOrigin}${path} https://attacker.example/`],
  ]
}

function overridden(workshop: SenderWorkshop): SenderRow {
  const name = 'method-in-a-field-of-its-own'
  const proof = workshop.proof({ name, claims: { htm: 'DELETE' } })
  const headers = [
    ...dpopFields(workshop.token, proof),
    ['x-http-method-override', 'DELETE'] as const,
  ]
  return misdirected(workshop, name, { htm: 'DELETE' }, { method: 'POST', headers })
}

/** A proof that was made for a server of the attacker, and fields that say this is one. */
function hosts(workshop: SenderWorkshop): readonly SenderRow[] {
  const claims = { htu: `https://attacker.example${workshop.path}` }
  const fields: readonly (readonly [string, string])[] = [
    ['x-forwarded-host', 'attacker.example'],
    ['forwarded', 'host=attacker.example;proto=https'],
    ['x-original-url', claims.htu],
    ['x-forwarded-server', 'attacker.example'],
    ['x-original-host', 'attacker.example'],
  ]
  return fields.map(([field, value]) => {
    const name = `told-by-${field}`
    const proof = workshop.proof({ name, claims })
    const headers = [...dpopFields(workshop.token, proof), [field, value] as const]
    return misdirected(workshop, name, claims, { headers })
  })
}
