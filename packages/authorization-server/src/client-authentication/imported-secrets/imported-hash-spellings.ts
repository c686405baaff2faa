/**
 * The spellings in which other programs store hashes, translated into ours for an import: Hydra, Keycloak, Duende and
 * IdentityServer, LDAP, passlib, Django, Spring, and digests in hexadecimal.
 */
import {
  accepted,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  member,
  type Parsed,
  parseJsonObject,
  refused,
} from '@mintmark/protocol'
import { importedHashLengthMax } from '../../limits.ts'
import {
  boundedHash,
  type DigestName,
  digestBytes,
  type ImportedHash,
  type ImportedHashViolation,
  parseImportedHash,
  phcText,
} from './imported-hash.ts'

/**
 * The stored text of a hash in any spelling that is known. Refuses what is none, and what would cost too much to check.
 *
 * A bare digest in base64 or hexadecimal is told by its length: 32 octets are SHA-256, 64 are SHA-512.
 */
export function importedHashText(foreign: string): Parsed<string, ImportedHashViolation> {
  const hash = readForeign(foreign)
  return hash.ok ? accepted(phcText(hash.value)) : hash
}

function readForeign(text: string): Parsed<ImportedHash, ImportedHashViolation> {
  if (text.length > importedHashLengthMax) return refused('hash_malformed')
  if (text.startsWith('{"')) return readKeycloak(text)
  const scheme = LABELLED.exec(text)
  if (scheme !== null) return readLabelled(scheme[1] ?? '', scheme[2] ?? '')
  if (text.startsWith('$')) return parseImportedHash(withoutPasslib(text))
  const django = DJANGO.exec(text)
  if (django !== null) return readDjango(django)
  return readBareDigest(text)
}

/** `{SSHA256}…` of LDAP, `{bcrypt}…` of Spring. */
const LABELLED = /^\{([A-Za-z0-9-]+)\}(.+)$/
const DJANGO = /^pbkdf2_(sha1|sha256|sha512)\$(\d{1,9})\$([^$]+)\$([^$]+)$/

function readLabelled(label: string, rest: string): Parsed<ImportedHash, ImportedHashViolation> {
  const name = label.toUpperCase().replaceAll('-', '')
  if (name === 'BCRYPT' || name === 'CRYPT') return parseImportedHash(rest)
  const digest = ldapDigests.get(name.replace(/^SS/, 'S'))
  const bytes = octetsOf(rest)
  if (digest === undefined) return refused('hash_unknown')
  if (bytes === undefined) return refused('hash_malformed')
  const salt = bytes.subarray(digestBytes[digest])
  if (salt.length > 0 !== name.startsWith('SS')) return refused('hash_malformed')
  const hash = bytes.subarray(0, digestBytes[digest])
  if (hash.length < digestBytes[digest]) return refused('hash_malformed')
  return boundedHash({ kind: 'digest', digest, saltPlace: 'behind', salt, hash })
}

const ldapDigests: ReadonlyMap<string, DigestName> = new Map<string, DigestName>([
  ['SHA', 'sha1'],
  ['SHA256', 'sha256'],
  ['SHA512', 'sha512'],
])

/** passlib: iterations without a name, and `.` for `+`. */
function withoutPasslib(text: string): string {
  const parts = /^\$pbkdf2(-sha256|-sha512)?\$(\d{1,9})\$([^$]*)\$([^$]*)$/.exec(text)
  if (parts === null) return text
  const [, digest = '-sha1', iterations, ...saltAndHash] = parts
  const [salt, hash] = saltAndHash.map((octets) => octets.replaceAll('.', '+'))
  return `$pbkdf2${digest}$i=${iterations}$${salt}$${hash}`
}

function readDjango(parts: RegExpExecArray): Parsed<ImportedHash, ImportedHashViolation> {
  const [, digest = '', iterations, salt = '', encoded = ''] = parts
  const hash = octetsOf(encoded)
  if (hash === undefined) return refused('hash_malformed')
  return boundedHash({
    kind: 'pbkdf2',
    digest: digest as DigestName,
    iterations: Number(iterations),
    salt: Buffer.from(salt, 'utf8'),
    hash,
  })
}

function readBareDigest(text: string): Parsed<ImportedHash, ImportedHashViolation> {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text) && (text.length === 64 || text.length === 128)
  const hash = isHex ? Buffer.from(text, 'hex') : octetsOf(text)
  const digest = hash?.length === 32 ? 'sha256' : hash?.length === 64 ? 'sha512' : undefined
  if (hash === undefined || digest === undefined) return refused('hash_unknown')
  return boundedHash({
    ...{ kind: 'digest', digest, saltPlace: 'behind', hash },
    salt: new Uint8Array(0),
  })
}

/** A credential of Keycloak: the two documents in one, or next to each other as its export has them, as text or not. */
function readKeycloak(text: string): Parsed<ImportedHash, ImportedHashViolation> {
  const parsed = parseJsonObject(text, { depthMax: 5, lengthMax: importedHashLengthMax })
  if (!parsed.ok) return refused('hash_malformed')
  const outer = parsed.value
  const secret = nested(outer, 'secretData')
  const how = nested(outer, 'credentialData')
  const algorithm = member(how, 'algorithm')
  const salt = octetsOf(textOf(member(secret, 'salt')))
  const hash = octetsOf(textOf(member(secret, 'value')))
  const iterations = member(how, 'hashIterations')
  if (typeof algorithm !== 'string') return refused('hash_unknown')
  if (salt === undefined || hash === undefined) return refused('hash_malformed')
  if (typeof iterations !== 'number' || !Number.isInteger(iterations)) {
    return refused('hash_malformed')
  }
  if (algorithm === 'argon2') return readKeycloakArgon2(how, iterations, { salt, hash })
  const digest = keycloakDigests.get(algorithm)
  if (digest === undefined) return refused('hash_unknown')
  return boundedHash({ kind: 'pbkdf2', digest, iterations, salt, hash })
}

const keycloakDigests: ReadonlyMap<string, DigestName> = new Map<string, DigestName>([
  ['pbkdf2', 'sha1'],
  ['pbkdf2-sha256', 'sha256'],
  ['pbkdf2-sha512', 'sha512'],
])

function readKeycloakArgon2(
  how: JsonObject,
  passes: number,
  salted: { readonly salt: Uint8Array; readonly hash: Uint8Array },
): Parsed<ImportedHash, ImportedHashViolation> {
  const parameters = nested(how, 'additionalParameters')
  const first = (name: string): string => {
    const value = member(parameters, name)
    return textOf(Array.isArray(value) ? value[0] : value)
  }
  if (first('type') !== 'id' || first('version') !== '1.3') return refused('hash_unknown')
  const [memoryKib, lanes] = [Number(first('memory')), Number(first('parallelism'))]
  if (!Number.isInteger(memoryKib) || !Number.isInteger(lanes)) return refused('hash_malformed')
  return boundedHash({ kind: 'argon2id', memoryKib, passes, lanes, ...salted })
}

/** A member that is an object, or the text of one; the object itself when there is no such member. */
function nested(outer: JsonObject, name: string): JsonObject {
  const value = member(outer, name)
  if (isJsonObject(value)) return value
  if (typeof value !== 'string') return outer
  const parsed = parseJsonObject(value, { depthMax: 5, lengthMax: importedHashLengthMax })
  return parsed.ok ? parsed.value : {}
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Base64 with or without padding; `undefined` for anything else, and for nothing. */
function octetsOf(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  const plain = bytes.toString('base64')
  const isWhole = plain === text || plain.replace(/=+$/, '') === text
  return isWhole && bytes.length > 0 ? bytes : undefined
}
