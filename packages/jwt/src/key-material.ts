/**
 * The octets of a key in a JWK (RFC 7518 section 6, RFC 8037 section 2): judged when they come from
 * outside, picked by name when they go to a crypto library or into a thumbprint.
 */
import { accepted, type JsonObject, member, type Parsed, refused } from '@mintmark/protocol'
import type { KeyMemberForm, KeyMemberName, KeyShape } from './algorithms.ts'
import { decodeBase64url } from './base64url.ts'
import { rsaExponentBytesMax, rsaModulusBitsMax, rsaModulusBitsMin } from './limits.ts'

/** Why the octets of a key cannot be used. */
export type KeyMaterialViolation = 'key_member_malformed' | 'modulus_too_short' | 'modulus_too_long'

/** The octets of a key by member name, each in base64url. */
export type KeyMaterial = { readonly [Name in KeyMemberName]?: string }

/**
 * The type, curve and public octets of a key and nothing else: what identifies it, and what an
 * engine imports.
 */
export function publicMaterialOf(
  material: KeyMaterial,
  shape: KeyShape,
): Readonly<Record<string, string>> {
  return membersOf(material, shape, shape.publicMembers)
}

/** As {@link publicMaterialOf}, with the secret octets. */
export function privateMaterialOf(
  material: KeyMaterial,
  shape: KeyShape,
): Readonly<Record<string, string>> {
  return membersOf(material, shape, [...shape.publicMembers, ...shape.privateMembers])
}

/**
 * Parses the members of a key that hold its octets: all of `members`, each canonical base64url of
 * what its form says. An RSA modulus has 2048 to 8192 bits, an exponent is odd and above 1. Whether
 * the octets are a key of the curve, or fit together, is found out at import.
 */
export function parseKeyMaterial(
  value: JsonObject,
  members: KeyShape['publicMembers'],
): Parsed<KeyMaterial, KeyMaterialViolation> {
  const material: { [Name in KeyMemberName]?: string } = {}
  for (const [name, form] of members) {
    const text = member(value, name)
    const bytes = typeof text === 'string' ? decodeBase64url(text) : undefined
    if (typeof text !== 'string' || bytes === undefined) return refused('key_member_malformed')
    const violation = violationOfMember(bytes, form)
    if (violation !== undefined) return refused(violation)
    material[name] = text
  }
  return accepted(material)
}

function membersOf(
  material: KeyMaterial,
  shape: KeyShape,
  members: KeyShape['publicMembers'],
): Readonly<Record<string, string>> {
  const picked: { [name: string]: string; crv?: string } = { kty: shape.kty }
  if (shape.crv !== undefined) picked.crv = shape.crv
  for (const [name] of members) {
    const text = material[name]
    if (text !== undefined) picked[name] = text
  }
  return picked
}

function violationOfMember(
  bytes: Uint8Array,
  form: KeyMemberForm,
): KeyMaterialViolation | undefined {
  if (typeof form === 'number') return bytes.length === form ? undefined : 'key_member_malformed'
  // A positive integer is written without leading zero octets (RFC 7518 section 2, Base64urlUInt).
  const first = bytes[0]
  if (first === undefined || first === 0) return 'key_member_malformed'
  const bits = bytes.length * 8 - (Math.clz32(first) - 24)
  if (form === 'exponent') return isPublicExponent(bytes) ? undefined : 'key_member_malformed'
  if (bits > rsaModulusBitsMax) return 'modulus_too_long'
  return form === 'modulus' && bits < rsaModulusBitsMin ? 'modulus_too_short' : undefined
}

/** Odd and above 1: with the exponent 1 every message is its own signature. */
function isPublicExponent(bytes: Uint8Array): boolean {
  const last = bytes.at(-1) ?? 0
  if (bytes.length > rsaExponentBytesMax || last % 2 === 0) return false
  return bytes.length > 1 || last > 1
}
