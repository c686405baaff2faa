/** Tokens bound to a certificate that somebody else presents (RFC 8705 section 3). */
import { createHash } from 'node:crypto'
import type { JsonObject } from '@mintmark/protocol'
import { partnerCertificate } from '../fixture-certificates.ts'
import { type SenderCase, type SenderRequest, type SenderRow, senderCases } from './sender-case.ts'
import {
  dpopFields,
  otherCertificate,
  ownCertificate,
  type SenderWorkshop,
  sha256,
  thumbprintOf,
} from './sender-workshop.ts'

/** Cases of the class `certificate`. */
export function clientCertificates(workshop: SenderWorkshop): readonly SenderCase[] {
  const rule = 'RFC 8705 section 3'
  return [
    ...senderCases(
      ...(['certificate', rule] as const),
      'A token bound to a certificate is worth nothing over a connection that did not show it.',
      [...strangers(workshop), ...both(workshop)],
    ),
    ...senderCases(
      ...(['certificate', 'RFC 9440 section 4'] as const),
      'Certificates are public: in a field that anybody can write they prove nothing.',
      written(workshop),
    ),
    ...senderCases(
      ...(['certificate', 'RFC 8705 section 3.1'] as const),
      'The thumbprint is SHA-256 of the DER in base64url, and equal or not.',
      thumbprints(workshop),
    ),
    ...senderCases(
      ...(['certificate', 'RFC 7800 section 3.1'] as const),
      'A binding that is not understood must not pass as none.',
      [
        {
          ...{ name: 'sha-1-alone', expect: 'claim_malformed' },
          request: sent(workshop.boundTo({ x5t: sha1(ownCertificate) }), 'own'),
        },
      ],
    ),
  ]
}

/** `cnf` of a token that is bound to a certificate. */
export function boundToCertificate(der: Uint8Array): JsonObject {
  return { 'x5t#S256': sha256(der) }
}

function sent(
  token: string,
  certificate: SenderRequest['certificate'],
  ...fields: SenderRequest['headers']
): SenderRequest {
  const headers = [['authorization', `Bearer ${token}`] as const, ...fields]
  return { method: 'GET', url: '/orders/7', headers, certificate }
}

function strangers(workshop: SenderWorkshop): readonly SenderRow[] {
  const token = workshop.boundTo(boundToCertificate(ownCertificate))
  const proof = workshop.proof({ name: 'certificate-under-dpop', token })
  return [
    {
      ...{ name: 'without', expect: 'certificate_missing' },
      request: sent(token, undefined),
    },
    {
      ...{ name: 'of-another-client', expect: 'certificate_mismatch' },
      request: sent(token, 'other'),
    },
    {
      ...{ name: 'of-the-other-way-round', expect: 'certificate_mismatch' },
      request: sent(workshop.boundTo(boundToCertificate(otherCertificate)), 'own'),
    },
    {
      ...{ name: 'under-the-dpop-scheme', expect: 'token_not_bound' },
      request: { ...sent(token, 'own'), headers: dpopFields(token, proof) },
    },
  ]
}

/** Both have to be there. */
function both(workshop: SenderWorkshop): readonly SenderRow[] {
  const jkt = thumbprintOf(workshop.key)
  const token = workshop.boundTo({ jkt, ...boundToCertificate(ownCertificate) })
  const proof = (name: string) => workshop.proof({ name, token })
  const request = (certificate: SenderRequest['certificate'], ...proofs: readonly string[]) => ({
    ...sent(token, certificate),
    headers: dpopFields(token, ...proofs),
  })
  return [
    {
      ...{ name: 'of-two-the-proof-alone', expect: 'certificate_missing' },
      request: request(undefined, proof('of-two-the-proof-alone')),
    },
    {
      ...{ name: 'of-two-the-proof-and-another', expect: 'certificate_mismatch' },
      request: request('other', proof('of-two-the-proof-and-another')),
    },
    {
      ...{ name: 'of-two-the-certificate-alone', expect: 'proof_missing' },
      request: request('own'),
    },
    {
      ...{ name: 'of-two-the-certificate-as-bearer', expect: 'sender_constrained' },
      request: sent(token, 'own'),
    },
  ]
}

/** The certificate in fields of proxies, from somebody who is none. */
function written(workshop: SenderWorkshop): readonly SenderRow[] {
  const token = workshop.boundTo(boundToCertificate(ownCertificate))
  const der = Buffer.from(ownCertificate).toString('base64')
  const pem = encodeURIComponent(partnerCertificate.cert)
  const fields: readonly (readonly [string, string])[] = [
    ['client-cert', `:${der}:`],
    ['x-client-cert', der],
    ['x-ssl-client-cert', pem],
    ['x-forwarded-tls-client-cert', der],
    ['x-forwarded-client-cert', `Cert="${pem}"`],
    ['ssl-client-verify', 'SUCCESS'],
  ]
  return fields.flatMap(([field, value]): readonly SenderRow[] => [
    {
      ...{ name: `written-in-${field}`, expect: 'certificate_missing' },
      request: sent(token, undefined, [field, value]),
    },
    {
      ...{ name: `written-over-another-in-${field}`, expect: 'certificate_mismatch' },
      request: sent(token, 'other', [field, value]),
    },
  ])
}

function thumbprints(workshop: SenderWorkshop): readonly SenderRow[] {
  const own = sha256(ownCertificate)
  const texts: readonly (readonly [string, string])[] = [
    ['thumbprint-with-padding', `${own}=`],
    ['thumbprint-in-lower-case', own.toLowerCase()],
    ['thumbprint-in-hexadecimal', Buffer.from(own, 'base64url').toString('hex')],
    ['thumbprint-cut', own.slice(0, 22)],
    ['thumbprint-of-sha-1', sha1(ownCertificate)],
    ['thumbprint-of-the-pem', sha256(partnerCertificate.cert)],
    ['certificate-itself', Buffer.from(ownCertificate).toString('base64url')],
  ]
  return texts.map(([name, thumbprint]) => ({
    ...{ name, expect: 'certificate_mismatch' },
    request: sent(workshop.boundTo({ 'x5t#S256': thumbprint }), 'own'),
  }))
}

function sha1(octets: Uint8Array): string {
  return createHash('sha1').update(octets).digest('base64url')
}
