/** What has to be admitted: a verifier that refuses everything is no better than none. */
import { spareRsaKey } from '../attack-tokens/unfit-key-fixtures.ts'
import { attackerKeys } from '../fixture-keys.ts'
import { boundToCertificate } from './client-certificates.ts'
import { type SenderCase, type SenderRequest, type SenderRow, senderCases } from './sender-case.ts'
import {
  dpopFields,
  ownCertificate,
  type ProofDraft,
  type SenderWorkshop,
  thumbprintOf,
} from './sender-workshop.ts'

/** Cases of the class `good`. */
export function goodSenders(workshop: SenderWorkshop): readonly SenderCase[] {
  return [
    ...senderCases(...(['good', 'RFC 9449 section 4.3'] as const), 'Every rule holds.', [
      ...proofs(workshop),
      ...requests(workshop),
      ...certificates(workshop),
    ]),
    ...senderCases(
      ...(['good', 'RFC 9449 section 4.3 rule 9'] as const),
      'URLs are compared without query and fragment, and normalised (RFC 3986 section 6.2.2).',
      targets(workshop),
    ),
  ]
}

function proving(
  workshop: SenderWorkshop,
  name: string,
  draft: ProofDraft,
  more: Partial<SenderRequest> = {},
): SenderRow {
  const request = workshop.proving({ name: `good-${name}`, ...draft }, more)
  return { name, expect: 'admitted', request }
}

function proofs(workshop: SenderWorkshop): readonly SenderRow[] {
  const { nowSeconds } = workshop
  return [
    proving(workshop, 'es256', {}),
    proving(workshop, 'rs256', { key: spareRsaKey, algorithm: 'RS256' }),
    proving(workshop, 'ps256', { key: spareRsaKey, algorithm: 'PS256' }),
    proving(workshop, 'eddsa', { key: attackerKeys.EdDSA, algorithm: 'EdDSA' }),
    proving(workshop, 'ten-seconds-old', { claims: { iat: nowSeconds - 10 } }),
    proving(workshop, 'one-second-ahead', { claims: { iat: nowSeconds + 1 } }),
    proving(workshop, 'fraction-of-a-second', { claims: { iat: nowSeconds - 0.5 } }),
    proving(workshop, 'more-claims', { claims: { more: { nested: ['x'] } } }),
    proving(workshop, 'key-with-name', {
      header: { jwk: { ...keyOf(workshop), kid: 'mine', use: 'sig' } },
    }),
  ]
}

function keyOf({ key }: SenderWorkshop): Record<string, string> {
  const { kty, crv = '', x = '', y = '' } = key
  return { kty, crv, x, y }
}

function requests(workshop: SenderWorkshop): readonly SenderRow[] {
  const { token, path } = workshop
  const proof = (name: string) => workshop.proof({ name: `good-${name}` })
  return [
    proving(workshop, 'post', { claims: { htm: 'POST' } }, { method: 'POST' }),
    proving(workshop, 'request-with-query', {}, { url: `${path}?page=2` }),
    {
      ...{ name: 'scheme-in-capitals', expect: 'admitted' },
      request: {
        ...workshop.proving(''),
        headers: [
          ['Authorization', `DPOP ${token}`],
          ['DPoP', proof('scheme-in-capitals')],
        ],
      },
    },
    {
      ...{ name: 'unbound-as-bearer', expect: 'admitted' },
      request: {
        ...workshop.proving(''),
        headers: [['authorization', `Bearer ${workshop.boundTo(undefined)}`]],
      },
    },
    {
      ...{ name: 'two-proofs-in-turn', expect: 'admitted' },
      before: [workshop.proving(proof('in-turn-a')), workshop.proving(proof('in-turn-b'))],
      request: workshop.proving(proof('in-turn-c')),
    },
  ]
}

function targets(workshop: SenderWorkshop): readonly SenderRow[] {
  const { publicOrigin, path, target } = workshop
  const { host, port } = new URL(publicOrigin)
  const urls: readonly (readonly [string, string])[] = [
    ['htu-with-query', `${target}?page=2`],
    ['htu-with-fragment', `${target}#top`],
    ['htu-with-scheme-in-capitals', target.replace('https:', 'HTTPS:')],
    ['htu-with-host-in-capitals', `https://${host.toUpperCase()}${path}`],
    ['htu-with-dots', `${publicOrigin}/x/..${path}`],
    ['htu-with-a-letter-encoded', target.replace('/orders', '/%6Frders')],
    ...(port === '' ? [['htu-with-default-port', `https://${host}:443${path}`] as const] : []),
  ]
  return urls.map(([name, htu]) => proving(workshop, name, { claims: { htu } }))
}

function certificates(workshop: SenderWorkshop): readonly SenderRow[] {
  const cnf = boundToCertificate(ownCertificate)
  const token = workshop.boundTo(cnf)
  const twice = workshop.boundTo({ jkt: thumbprintOf(workshop.key), ...cnf })
  const { path: url } = workshop
  const proof = workshop.proof({ name: 'good-both', token: twice })
  return [
    {
      ...{ name: 'certificate', expect: 'admitted' },
      request: {
        ...{ method: 'GET', url, certificate: 'own' },
        headers: [['authorization', `Bearer ${token}`]],
      },
    },
    {
      ...{ name: 'certificate-and-proof', expect: 'admitted' },
      request: {
        ...{ method: 'GET', url, certificate: 'own' },
        headers: dpopFields(twice, proof),
      },
    },
  ]
}
