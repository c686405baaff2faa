/**
 * The private key of a client, in whatever form it comes, made into something that signs.
 *
 * By WebCrypto alone and not by the engines of `@mintmark/jwt`: keys that a platform keeps to itself
 * exist in its form only, and a signature per token request need not be fast.
 *
 * No error here holds anything of a key, nor what a crypto library said about one.
 */
import {
  type AlgorithmEntry,
  algorithmEntry,
  type PrivateJwk,
  parsePrivateJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from '@mintmark/jwt'
import { type JsonObject, parseJsonObject } from '@mintmark/protocol'
import { hexadecimal } from '../hexadecimal.ts'
import { credentialTextLengthMax, rsaModulusBitsMin } from '../limits.ts'
import { isForAlgorithm, type NativeCrypto, type NativeKey, nativeSigner } from '../native-key.ts'

/** A private key of WebCrypto that may sign, extractable or not. */
export interface PrivateCryptoKey {
  readonly type: string
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
}

/** A private JWK (RFC 7517) as object or JSON text, PEM text of PKCS#8 (RFC 5958), or a key of WebCrypto. */
export type PrivateKey = PrivateJwk | string | PrivateCryptoKey

/** A key, or a function that gives it, such as `textFile(path)`. Called for each attempt to get a token. */
export type PrivateKeySource = PrivateKey | (() => PrivateKey | Promise<PrivateKey>)

/** A key ready to sign. */
export interface AssertionKey {
  readonly algorithm: SignatureAlgorithm
  /** The `kid` of a JWK. */
  readonly keyId: string | undefined
  /** What tells this key from any other. May be secret. */
  readonly identity: string
  readonly sign: (signingInput: string) => Promise<Uint8Array>
}

/**
 * Turns a source into a reader of keys for `algorithm`; by default for that of the key, which for RSA
 * is RS256.
 *
 * Throws `TypeError` at once for a given key that is malformed or does not fit, the reader rejects
 * with the same for what a function gives, and for octets that are no key.
 */
export function privateKeyReader(
  source: PrivateKeySource,
  algorithm: SignatureAlgorithm | undefined,
): () => Promise<AssertionKey> {
  if (typeof source === 'function') {
    return async () => importKey(parseKey(await source(), algorithm))
  }
  const parsed = parseKey(source, algorithm)
  let imported: Promise<AssertionKey> | undefined
  return () => {
    imported ??= importKey(parsed)
    return imported
  }
}

interface ParsedKey extends Omit<AssertionKey, 'algorithm' | 'sign'> {
  readonly entry: AlgorithmEntry
  readonly native: (subtle: NativeCrypto) => Promise<NativeKey>
}

async function importKey({ entry, native, ...about }: ParsedKey): Promise<AssertionKey> {
  const key = await native(globalThis.crypto.subtle).catch(() => {
    throw unusable()
  })
  const { modulusLength } = key.algorithm as { readonly modulusLength?: number }
  if (modulusLength !== undefined && modulusLength < rsaModulusBitsMin) throw unusable()
  return {
    ...about,
    algorithm: entry.name,
    sign: nativeSigner(key, entry),
  }
}

function parseKey(value: unknown, algorithm: SignatureAlgorithm | undefined): ParsedKey {
  if (typeof value === 'string') {
    const pem = value.length <= credentialTextLengthMax ? PEM.exec(value) : null
    return pem?.[1] === undefined ? parseJwkText(value, algorithm) : parsePem(pem[1], algorithm)
  }
  if (typeof value !== 'object' || value === null) throw unusable()
  return 'kty' in value
    ? parseJwk(value as JsonObject, algorithm)
    : parseCryptoKey(value as PrivateCryptoKey, algorithm)
}

const PEM = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/

const JWK_DEPTH_MAX = 4

function parseJwkText(text: string, algorithm: SignatureAlgorithm | undefined): ParsedKey {
  const limits = { depthMax: JWK_DEPTH_MAX, lengthMax: credentialTextLengthMax }
  const parsed = parseJsonObject(text, limits)
  if (!parsed.ok) throw unusable()
  return parseJwk(parsed.value, algorithm)
}

function parseJwk(value: JsonObject, algorithm: SignatureAlgorithm | undefined): ParsedKey {
  const parsed = parsePrivateJwk(value)
  if (!parsed.ok) throw unusable()
  const { kid, alg, use: _, ...material } = parsed.value
  const entry = entryFor(algorithm ?? alg, ({ key }) => isOfKind(key, material))
  if (alg !== undefined && alg !== entry.name) throw unusable()
  return {
    entry,
    keyId: kid,
    identity: JSON.stringify(publicJwkOf(parsed.value)),
    native: (subtle) => subtle.importKey('jwk', material, entry.webKeyAlgorithm, false, ['sign']),
  }
}

function isOfKind(
  key: AlgorithmEntry['key'],
  { kty, crv }: { readonly kty: string; readonly crv?: string },
): boolean {
  return key.kty === kty && key.crv === crv
}

/** What the octets of a PKCS#8 key begin with, by kind of key: its algorithm identifier, in hexadecimal. */
const keyKinds = [
  { kty: 'EC', crv: 'P-256', identifier: '06072a8648ce3d020106082a8648ce3d030107' },
  { kty: 'OKP', crv: 'Ed25519', identifier: '06032b6570' },
  { kty: 'RSA', identifier: '06092a864886f70d010101' },
] as const

const IDENTIFIER_ENDS_BEFORE = 40

function parsePem(base64: string, algorithm: SignatureAlgorithm | undefined): ParsedKey {
  const octets = octetsOf(base64.replaceAll(/\s/g, ''))
  const start = hexadecimal(octets.subarray(0, IDENTIFIER_ENDS_BEFORE))
  const kind = keyKinds.find(({ identifier }) => start.includes(identifier))
  if (kind === undefined) throw unusable()
  const entry = entryFor(algorithm, ({ key }) => isOfKind(key, kind))
  return {
    entry,
    keyId: undefined,
    identity: base64,
    native: (subtle) => subtle.importKey('pkcs8', octets, entry.webKeyAlgorithm, false, ['sign']),
  }
}

function octetsOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    throw unusable()
  }
}

/** Names for keys that nothing but the platform can look into. */
const namesOfCryptoKeys = new WeakMap<object, string>()
let cryptoKeysNamed = 0

function parseCryptoKey(
  key: PrivateCryptoKey,
  algorithm: SignatureAlgorithm | undefined,
): ParsedKey {
  const isForSigning = key.type === 'private' && key.usages?.includes('sign') === true
  if (!isForSigning) throw unusable()
  const name = namesOfCryptoKeys.get(key) ?? `key ${++cryptoKeysNamed}`
  namesOfCryptoKeys.set(key, name)
  return {
    entry: entryFor(algorithm, (entry) => isForAlgorithm(key.algorithm, entry)),
    keyId: undefined,
    identity: name,
    native: async () => key as NativeKey,
  }
}

/** The entry of `algorithm`, or the first of those that fit the key. */
function entryFor(
  algorithm: SignatureAlgorithm | undefined,
  fits: (entry: AlgorithmEntry) => boolean,
): AlgorithmEntry {
  const names = algorithm === undefined ? signatureAlgorithms : [algorithm]
  for (const name of names) {
    const entry = algorithmEntry(name)
    if (entry !== undefined && fits(entry)) return entry
  }
  throw unusable()
}

function unusable(): TypeError {
  return new TypeError(
    'key: expected a private JWK, PEM text of PKCS#8 or a CryptoKey, for P-256, Ed25519 or RSA of 2048 bits or more',
  )
}
