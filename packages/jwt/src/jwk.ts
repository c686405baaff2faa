/**
 * JSON Web Keys (RFC 7517; RFC 7518 section 6; RFC 8037 section 2) of the algorithms in the table.
 * What comes from outside is rebuilt from an allow-list of members, so that nothing unjudged
 * reaches a crypto library and no private member leaves in a public key. Whether coordinates are a
 * point of the curve is found out at import.
 */
import { accepted, type JsonObject, member, type Parsed, refused } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import {
  type AlgorithmEntry,
  algorithmEntry,
  entriesForKey,
  type KeyShape,
  type SignatureAlgorithm,
} from './algorithms.ts'
import { type KeyMaterialViolation, parseKeyMaterial, publicMaterialOf } from './key-material.ts'
import { keyIdLengthMax } from './limits.ts'

/** A public key that verifies signatures, as on the wire. */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP' | 'RSA'
  readonly crv?: 'P-256' | 'Ed25519'
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly kid?: string
  readonly alg?: SignatureAlgorithm
  readonly use?: 'sig'
}

/**
 * A private key that signs, as on the wire. The members below are the secret itself: import or seal
 * the value where it is made or read, and never put it into an error, an event or a log.
 */
export interface PrivateJwk extends PublicJwk {
  readonly d: string
  readonly p?: string
  readonly q?: string
  readonly dp?: string
  readonly dq?: string
  readonly qi?: string
}

/** Why a JWK cannot be used. */
export type JwkViolation =
  | 'key_type_not_supported'
  | 'curve_not_supported'
  | 'private_member_present'
  | KeyMaterialViolation
  | 'not_for_signatures'
  | 'algorithm_not_supported'
  | 'algorithm_does_not_fit_key'
  | 'key_id_malformed'

type KeyOperation = 'verify' | 'sign'

/** Members that carry a secret in some type of key (RFC 7518 section 6, RFC 8037 section 2). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Parses a public JWK for verification.
 *
 * Refuses symmetric keys, keys with private members, types and curves no algorithm of ours uses,
 * RSA below 2048 bits, octets of the wrong length or not canonical base64url, a `use` other than
 * `sig`, `key_ops` without `verify`, and an `alg` that is unknown or does not fit the key. A key
 * without `alg` fits every algorithm of its type. Other members (`x5c`, `x5u`) are dropped unread.
 * Does not check that a point lies on its curve.
 */
export function parsePublicJwk(value: JsonObject): Parsed<PublicJwk, JwkViolation> {
  if (secretMembers.some((name) => Object.hasOwn(value, name))) {
    return refused('private_member_present')
  }
  const described = parseDescription(value, 'verify')
  if (!described.ok) return described
  const { shape, description } = described.value
  const material = parseKeyMaterial(value, shape.publicMembers)
  return material.ok ? accepted({ ...description, ...material.value }) : material
}

/**
 * Parses a private JWK for signing; same rules as {@link parsePublicJwk}, with `sign` for `verify`.
 *
 * An RSA key has to carry its primes and exponents. Does not check that the two halves belong
 * together: import does.
 */
export function parsePrivateJwk(value: JsonObject): Parsed<PrivateJwk, JwkViolation> {
  const described = parseDescription(value, 'sign')
  if (!described.ok) return described
  const { shape, description } = described.value
  const material = parseKeyMaterial(value, [...shape.publicMembers, ...shape.privateMembers])
  if (!material.ok) return material
  const { d, ...others } = material.value
  return d === undefined
    ? refused('key_member_malformed')
    : accepted({ ...description, ...others, d })
}

/**
 * The public half of a key, with `kid`, `alg` and `use`, and nothing that is not on the allow-list.
 */
export function publicJwkOf(jwk: PublicJwk): PublicJwk {
  const shape = entriesForKey(jwk.kty, jwk.crv)[0]?.key
  invariant(shape !== undefined, 'a JWK is of a type that an algorithm takes')
  return { ...describe(shape, jwk.kid, jwk.alg, jwk.use), ...publicMaterialOf(jwk, shape) }
}

/**
 * The entries of the algorithms this key may be used with: its own `alg`, or all that take its
 * type.
 */
export function entriesOfJwk(jwk: PublicJwk): readonly AlgorithmEntry[] {
  const entries = entriesForKey(jwk.kty, jwk.crv)
  return jwk.alg === undefined ? entries : entries.filter((entry) => entry.name === jwk.alg)
}

interface Described {
  readonly shape: KeyShape
  readonly description: Description
}

/** The members of a key that say what it is for, in the order they are written in. */
type Description = Pick<PublicJwk, 'kty' | 'crv' | 'kid' | 'alg' | 'use'>

function parseDescription(
  value: JsonObject,
  operation: KeyOperation,
): Parsed<Described, JwkViolation> {
  const shape = parseShape(value)
  if (!shape.ok) return shape
  if (!isForSignatures(value, operation)) return refused('not_for_signatures')
  const alg = parseAlgorithm(value, shape.value)
  if (!alg.ok) return alg
  const kid = member(value, 'kid')
  if (kid !== undefined && !isKeyId(kid)) return refused('key_id_malformed')
  const use = member(value, 'use') === 'sig' ? 'sig' : undefined
  return accepted({
    shape: shape.value,
    description: describe(shape.value, kid, alg.value, use),
  })
}

/** An absent member is absent, not `undefined`: keys are serialised and compared. */
function describe(
  { kty, crv }: KeyShape,
  kid: string | undefined,
  alg: SignatureAlgorithm | undefined,
  use: 'sig' | undefined,
): Description {
  return {
    kty,
    ...(crv === undefined ? {} : { crv }),
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
    ...(use === undefined ? {} : { use }),
  }
}

function parseShape(value: JsonObject): Parsed<KeyShape, JwkViolation> {
  const kty = member(value, 'kty')
  const crv = member(value, 'crv')
  if (kty !== 'EC' && kty !== 'OKP' && kty !== 'RSA') return refused('key_type_not_supported')
  if (crv !== undefined && typeof crv !== 'string') return refused('curve_not_supported')
  const shape = entriesForKey(kty, crv)[0]?.key
  return shape === undefined ? refused('curve_not_supported') : accepted(shape)
}

/** RFC 7517 sections 4.2 and 4.3. */
function isForSignatures(value: JsonObject, operation: KeyOperation): boolean {
  const use = member(value, 'use')
  const operations = member(value, 'key_ops')
  if (use !== undefined && use !== 'sig') return false
  return operations === undefined || (Array.isArray(operations) && operations.includes(operation))
}

function parseAlgorithm(
  value: JsonObject,
  shape: KeyShape,
): Parsed<SignatureAlgorithm | undefined, JwkViolation> {
  const alg = member(value, 'alg')
  if (alg === undefined) return accepted(undefined)
  const entry = typeof alg === 'string' ? algorithmEntry(alg) : undefined
  if (entry === undefined) return refused('algorithm_not_supported')
  return entry.key === shape ? accepted(entry.name) : refused('algorithm_does_not_fit_key')
}

function isKeyId(kid: unknown): kid is string {
  return typeof kid === 'string' && kid.length > 0 && kid.length <= keyIdLengthMax
}
