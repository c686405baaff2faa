/** What a certificate says of its holder: subject and alternative names (RFC 5280 sections 4.1.2.6 and 4.2.1.6). */
import { X509Certificate } from 'node:crypto'
import { formatIpAddress, parseIpAddress } from '@mintmark/limits'
import type { CertificateIdentity } from '../../registry/client-settings.ts'
import { type DerElement, derTags, elementsOf, objectIdentifierText, readDer } from './der.ts'
import {
  type DistinguishedName,
  distinguishedNameOf,
  isSameName,
  parseDistinguishedName,
} from './distinguished-name.ts'

/** What is needed of a certificate. */
export interface ReadCertificate {
  readonly subject: DistinguishedName
  readonly dnsNames: readonly string[]
  readonly uris: readonly string[]
  readonly addresses: readonly string[]
  readonly emails: readonly string[]
  readonly validFromWallMs: number
  readonly validToWallMs: number
  /** The public key as a JWK; `undefined` for a kind of key that has none. */
  readonly publicJwk: Readonly<Record<string, unknown>> | undefined
}

/** Reads a certificate; `undefined` for what is none. Does not judge who issued it. */
export function readCertificate(der: Uint8Array): ReadCertificate | undefined {
  const known = remembered.get(der)
  if (known !== undefined) return known
  const read = readOnce(der)
  if (read !== undefined) remembered.set(der, read)
  return read
}

/** Connections are kept, and the octets with them. */
const remembered = new WeakMap<Uint8Array, ReadCertificate>()

function readOnce(der: Uint8Array): ReadCertificate | undefined {
  const certificate = parsedByLibrary(der)
  const fields = fieldsOf(der)
  const subject = fields && distinguishedNameOf(fields.subject)
  const names = fields && alternativeNames(fields.extensions)
  if (certificate === undefined || subject === undefined || names === undefined) return undefined
  return {
    subject,
    ...names,
    validFromWallMs: certificate.validFromDate.getTime(),
    validToWallMs: certificate.validToDate.getTime(),
    publicJwk: jwkOf(certificate),
  }
}

function parsedByLibrary(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

function jwkOf(certificate: X509Certificate): ReadCertificate['publicJwk'] {
  try {
    return { ...certificate.publicKey.export({ format: 'jwk' }) }
  } catch {
    return undefined
  }
}

/** Of TBSCertificate: [version], serialNumber, signature, issuer, validity, subject, key, ..., [extensions]. */
function fieldsOf(der: Uint8Array) {
  const [certificate, ...behind] = readDer(der) ?? []
  const [signed] = elementsOf(certificate, derTags.sequence) ?? []
  const all = elementsOf(signed, derTags.sequence)
  if (all === undefined || behind.length > 0) return undefined
  const fields = all[0]?.tag === derTags.version ? all.slice(1) : all
  const extensions = fields.find(({ tag }) => tag === derTags.extensions)
  return { subject: fields[4], extensions }
}

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'

/** GeneralName: [1] email, [2] DNS, [6] URI, [7] address. */
const generalNames = { email: 0x81, dns: 0x82, uri: 0x86, address: 0x87 } as const

function alternativeNames(
  extensions: DerElement | undefined,
): Pick<ReadCertificate, 'dnsNames' | 'uris' | 'addresses' | 'emails'> | undefined {
  if (extensions === undefined) return { dnsNames: [], uris: [], addresses: [], emails: [] }
  const [list] = readDer(extensions.content) ?? []
  const all = elementsOf(list, derTags.sequence)
  if (all === undefined) return undefined
  const found = all
    .map((extension) => elementsOf(extension, derTags.sequence) ?? [])
    .filter(([type]) => type && objectIdentifierText(type) === SUBJECT_ALTERNATIVE_NAME)
  if (found.length === 0) return { dnsNames: [], uris: [], addresses: [], emails: [] }
  const value = found[0]?.at(-1)
  const [sequence] = value?.tag === derTags.octetString ? (readDer(value.content) ?? []) : []
  const names = elementsOf(sequence, derTags.sequence)
  // An extension occurs once (RFC 5280 section 4.2).
  if (names === undefined || found.length > 1) return undefined
  const texts = (tag: number): readonly string[] =>
    names.filter((name) => name.tag === tag).map(({ content }) => asciiText(content))
  return {
    dnsNames: texts(generalNames.dns),
    uris: texts(generalNames.uri),
    emails: texts(generalNames.email),
    addresses: names
      .filter(({ tag }) => tag === generalNames.address)
      .map(({ content }) => addressText(content)),
  }
}

function asciiText(content: Uint8Array): string {
  return Buffer.from(content).toString('latin1')
}

function addressText(content: Uint8Array): string {
  if (content.length === 4) return canonicalAddress([...content].join('.')) ?? ''
  const groups: string[] = []
  for (let at = 0; at + 1 < content.length; at += 2) {
    groups.push((((content[at] ?? 0) << 8) | (content[at + 1] ?? 0)).toString(16))
  }
  return canonicalAddress(groups.join(':')) ?? ''
}

function canonicalAddress(text: string): string | undefined {
  const address = parseIpAddress(text)
  return address && formatIpAddress(address)
}

/**
 * Whether a certificate is of whom `identity` names (RFC 8705 section 2.1.2). No wildcards: a certificate for
 * `*.example.com` names nobody in particular.
 */
export function isCertificateOf(
  certificate: ReadCertificate,
  { kind, value }: CertificateIdentity,
): boolean {
  switch (kind) {
    case 'subject_dn': {
      const name = parseDistinguishedName(value)
      return name !== undefined && isSameName(name, certificate.subject)
    }
    case 'san_dns':
      return certificate.dnsNames.some((name) => name.toLowerCase() === value.toLowerCase())
    case 'san_uri':
      return certificate.uris.includes(value)
    case 'san_ip': {
      const address = canonicalAddress(value)
      return address !== undefined && certificate.addresses.includes(address)
    }
    case 'san_email':
      return certificate.emails.some((email) => comparedEmail(email) === comparedEmail(value))
  }
}

/** Of a mailbox only the domain is without case (RFC 5280 section 4.2.1.6). */
function comparedEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return email.slice(0, at) + email.slice(at).toLowerCase()
}
