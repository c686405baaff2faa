/**
 * The signature algorithms (RFC 7518 section 3.1, RFC 8037 section 3.1) as one table. Everything
 * another file needs to know about an algorithm is a field here; none branches on an `alg` value.
 * There is no entry for `none`, for HMAC or for anything that encrypts, so no code path for them
 * either.
 */

/** The algorithms a token may be signed with. */
export type SignatureAlgorithm = 'ES256' | 'EdDSA' | 'RS256' | 'PS256'

/**
 * What a member of a JWK has to hold: so many octets exactly, an RSA modulus, an RSA public
 * exponent, or another positive integer of at most the length of a modulus.
 */
export type KeyMemberForm = number | 'modulus' | 'exponent' | 'integer'

/** Name of a JWK member that holds key material. */
export type KeyMemberName = 'x' | 'y' | 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'

/** The kind of key an algorithm takes (RFC 7518 section 6, RFC 8037 section 2). */
export interface KeyShape {
  readonly kty: 'EC' | 'OKP' | 'RSA'
  /** `undefined` where the kind of key has no curve. */
  readonly crv: 'P-256' | 'Ed25519' | undefined
  readonly publicMembers: readonly (readonly [KeyMemberName, KeyMemberForm])[]
  readonly privateMembers: readonly (readonly [KeyMemberName, KeyMemberForm])[]
}

/**
 * What an ECDSA signature looks like in a token: two integers of equal length, one after the other.
 */
export interface EcdsaForm {
  readonly integerBytes: number
  /**
   * The order of the curve's group, big-endian: both integers lie between 1 and one less than this.
   */
  readonly order: Uint8Array
}

/** Everything the engines need to know about one algorithm. */
export interface AlgorithmEntry {
  readonly name: SignatureAlgorithm
  readonly key: KeyShape
  /** Octets of a signature; `undefined` where it is the length of the key's modulus. */
  readonly signatureBytes: number | undefined
  readonly ecdsa: EcdsaForm | undefined
  /** OpenSSL's name of the digest; `null` where the algorithm brings its own. */
  readonly nodeDigest: 'sha256' | null
  /**
   * Octets of the RSA-PSS salt (RFC 7518 section 3.5: as long as the hash); `undefined` without
   * PSS.
   */
  readonly pssSaltBytes: number | undefined
  /** WebCrypto's parameters to import or make a key. */
  readonly webKeyAlgorithm: Readonly<{ name: string; namedCurve?: string; hash?: string }>
  /** WebCrypto's parameters to sign or verify. */
  readonly webSignatureAlgorithm: Readonly<{ name: string; hash?: string; saltLength?: number }>
}

const p256: KeyShape = {
  kty: 'EC',
  crv: 'P-256',
  publicMembers: [
    ['x', 32],
    ['y', 32],
  ],
  privateMembers: [['d', 32]],
}

const ed25519: KeyShape = {
  kty: 'OKP',
  crv: 'Ed25519',
  publicMembers: [['x', 32]],
  privateMembers: [['d', 32]],
}

const rsa: KeyShape = {
  kty: 'RSA',
  crv: undefined,
  publicMembers: [
    ['n', 'modulus'],
    ['e', 'exponent'],
  ],
  privateMembers: [
    ['d', 'integer'],
    ['p', 'integer'],
    ['q', 'integer'],
    ['dp', 'integer'],
    ['dq', 'integer'],
    ['qi', 'integer'],
  ],
}

// biome-ignore format: one row of eight octets each
const p256Order = Uint8Array.of(
  0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
  0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
)

const table: Readonly<Record<SignatureAlgorithm, AlgorithmEntry>> = {
  ES256: {
    name: 'ES256',
    key: p256,
    signatureBytes: 64,
    ecdsa: { integerBytes: 32, order: p256Order },
    nodeDigest: 'sha256',
    pssSaltBytes: undefined,
    webKeyAlgorithm: { name: 'ECDSA', namedCurve: 'P-256' },
    webSignatureAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  },
  EdDSA: {
    name: 'EdDSA',
    key: ed25519,
    signatureBytes: 64,
    ecdsa: undefined,
    nodeDigest: null,
    pssSaltBytes: undefined,
    webKeyAlgorithm: { name: 'Ed25519' },
    webSignatureAlgorithm: { name: 'Ed25519' },
  },
  RS256: {
    name: 'RS256',
    key: rsa,
    signatureBytes: undefined,
    ecdsa: undefined,
    nodeDigest: 'sha256',
    pssSaltBytes: undefined,
    webKeyAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    webSignatureAlgorithm: { name: 'RSASSA-PKCS1-v1_5' },
  },
  PS256: {
    name: 'PS256',
    key: rsa,
    signatureBytes: undefined,
    ecdsa: undefined,
    nodeDigest: 'sha256',
    pssSaltBytes: 32,
    webKeyAlgorithm: { name: 'RSA-PSS', hash: 'SHA-256' },
    webSignatureAlgorithm: { name: 'RSA-PSS', saltLength: 32 },
  },
}

/** `EdDSA` has two names: RFC 9864 section 2.2 calls it after its curve, which is the only one that we take. */
const entries: ReadonlyMap<string, AlgorithmEntry> = new Map([
  ...Object.entries(table),
  ['Ed25519', table.EdDSA],
])

/** Every algorithm of the table; the first is the one to choose without a reason for another. */
export const signatureAlgorithms: readonly SignatureAlgorithm[] = [
  'ES256',
  'EdDSA',
  'RS256',
  'PS256',
]

/**
 * The table's entry for an `alg` value as it came from outside, or `undefined`.
 *
 * Compares by exact octets (RFC 7515 section 4.1.1), so `none` in any spelling and `es256` have no
 * entry. `Ed25519` (RFC 9864) has that of `EdDSA`. Does not say whether the caller wants to allow the algorithm.
 */
export function algorithmEntry(alg: string): AlgorithmEntry | undefined {
  return entries.get(alg)
}

/** The table's entry for an algorithm we know. */
export function entryOf(alg: SignatureAlgorithm): AlgorithmEntry {
  return table[alg]
}

/** The entries that take keys of this type and curve, in the table's order. */
export function entriesForKey(kty: string, crv: string | undefined): readonly AlgorithmEntry[] {
  return signatureAlgorithms
    .map(entryOf)
    .filter((entry) => entry.key.kty === kty && entry.key.crv === crv)
}
