/**
 * Signatures that are the same in every run: the corpus is data, and a case that failed once can be looked at again.
 * So ECDSA takes its nonce from the message (RFC 6979) and RSA-PSS its salt. Also what no library would make: other
 * digests, other salts, paddings done by hand.
 */
import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  constants as nodeConstants,
  privateEncrypt,
  sign,
} from 'node:crypto'

/** What is needed to sign: any private JWK, also of kinds that no guard accepts. */
export interface SigningJwk {
  readonly kty: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly d?: string
  readonly p?: string
  readonly q?: string
  readonly dp?: string
  readonly dq?: string
  readonly qi?: string
  readonly k?: string
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
}

interface Curve {
  readonly nodeName: string
  readonly order: bigint
  readonly bytes: number
}

const curves: ReadonlyMap<string | undefined, Curve> = new Map([
  [
    'P-256',
    {
      nodeName: 'prime256v1',
      order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
      bytes: 32,
    },
  ],
  [
    'P-384',
    {
      nodeName: 'secp384r1',
      order: BigInt(
        '0xffffffffffffffffffffffffffffffffffffffffffffffff' +
          'c7634d81f4372ddf581a0db248b0a77aecec196accc52973',
      ),
      bytes: 48,
    },
  ],
  [
    'secp256k1',
    {
      nodeName: 'secp256k1',
      order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
      bytes: 32,
    },
  ],
])

/** The order of the group of P-256. */
export const p256Order = (curves.get('P-256') as Curve).order

/** The signature that `alg` calls for (RFC 7518 section 3.1), or as near as the key allows. */
export function signatureOf(alg: string, key: SigningJwk, input: string): Uint8Array {
  const digest = `sha${alg.slice(2)}`
  if (alg.startsWith('ES')) return ecdsaSignature(key, digest, input)
  if (alg.startsWith('RS')) return new Uint8Array(sign(digest, Buffer.from(input), keyObject(key)))
  if (alg.startsWith('PS')) return pssSignature(key, input, 32)
  return new Uint8Array(sign(null, Buffer.from(input), keyObject(key)))
}

/** HMAC of the signing input under any octets, a text by its UTF-8. */
export function hmacOf(digest: string, secret: string | Uint8Array, input: string): Uint8Array {
  return new Uint8Array(createHmac(digest, secret).update(input).digest())
}

/** ECDSA with the nonce of RFC 6979, both integers at the curve's length (RFC 7518 section 3.4). */
export function ecdsaSignature(key: SigningJwk, digest: string, input: string): Uint8Array {
  const curve = curves.get(key.crv) as Curve
  const { order, bytes } = curve
  const secret = numberOf(Buffer.from(key.d ?? '', 'base64url'))
  const hash = createHash(digest).update(input).digest()
  const message = truncated(hash, curve)
  const nonce = nonceOf(curve, digest, secret, message)
  const r = abscissaOf(curve, nonce) % order
  const s = (inverse(nonce, order) * (message + r * secret)) % order
  return integerPair(r, s, bytes)
}

/** Two integers of `bytes` octets each, one after the other. */
export function integerPair(first: bigint, second: bigint, bytes: number): Uint8Array {
  return new Uint8Array(Buffer.concat([octetsOf(first, bytes), octetsOf(second, bytes)]))
}

/** The two integers of an ECDSA signature. */
export function integersOf(signature: Uint8Array): readonly [r: bigint, s: bigint] {
  const middle = signature.length / 2
  return [numberOf(signature.subarray(0, middle)), numberOf(signature.subarray(middle))]
}

/** RSASSA-PSS with SHA-256 (RFC 8017 section 9.1.1) and a salt of `saltBytes` octets made from the message. */
export function pssSignature(key: SigningJwk, input: string, saltBytes: number): Uint8Array {
  const length = modulusBytes(key)
  const salt = mask(Buffer.from(`salt of ${input}`), saltBytes)
  const hash = sha256(Buffer.concat([Buffer.alloc(8), sha256(Buffer.from(input)), salt]))
  const block = Buffer.alloc(length - hash.length - 1)
  block[block.length - saltBytes - 1] = 1
  salt.copy(block, block.length - saltBytes)
  const masked = xor(block, mask(hash, block.length))
  masked[0] = (masked[0] ?? 0) & 0x7f
  return rawRsa(key, Buffer.concat([masked, hash, Buffer.of(0xbc)]))
}

/** PKCS #1 v1.5 padding (RFC 8017 section 9.2) around any octets in place of a digest with its name. */
export function pkcs1Block(content: Uint8Array, length: number): Uint8Array {
  const filling = Buffer.alloc(length - content.length - 3, 0xff)
  return new Uint8Array(Buffer.concat([Buffer.of(0, 1), filling, Buffer.of(0), content]))
}

/** The private operation of RSA on a whole block. */
export function rawRsa(key: SigningJwk, block: Uint8Array): Uint8Array {
  const padding = nodeConstants.RSA_NO_PADDING
  return new Uint8Array(privateEncrypt({ key: keyObject(key), padding }, block))
}

/** SHA-256 as PKCS #1 v1.5 signs it: the digest behind its name in DER. */
export function namedDigestOf(input: string): Uint8Array {
  const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex')
  return new Uint8Array(Buffer.concat([prefix, sha256(Buffer.from(input))]))
}

/** The octets of the modulus. */
export function modulusBytes(key: SigningJwk): number {
  return Buffer.from(key.n ?? '', 'base64url').length
}

const keyObjects = new WeakMap<SigningJwk, KeyObject>()

function keyObject(key: SigningJwk): KeyObject {
  const known = keyObjects.get(key)
  if (known !== undefined) return known
  const { key_ops: _, ...material } = key
  const made = createPrivateKey({ key: material, format: 'jwk' })
  keyObjects.set(key, made)
  return made
}

/** RFC 6979 section 3.2. */
function nonceOf(curve: Curve, digest: string, secret: bigint, message: bigint): bigint {
  const { order, bytes } = curve
  const seed = Buffer.concat([octetsOf(secret, bytes), octetsOf(message % order, bytes)])
  const hmac = (key: Buffer, ...parts: readonly Buffer[]) =>
    createHmac(digest, key).update(Buffer.concat(parts)).digest()
  const hashBytes = createHash(digest).digest().length
  let value: Buffer = Buffer.alloc(hashBytes, 1)
  let key: Buffer = hmac(Buffer.alloc(hashBytes), value, Buffer.of(0), seed)
  value = hmac(key, value)
  key = hmac(key, value, Buffer.of(1), seed)
  value = hmac(key, value)
  for (;;) {
    const parts: Buffer[] = []
    while (parts.length * hashBytes < bytes) {
      value = hmac(key, value)
      parts.push(value)
    }
    const nonce = truncated(Buffer.concat(parts), curve)
    if (nonce > 0n && nonce < order) return nonce
    key = hmac(key, value, Buffer.of(0))
    value = hmac(key, value)
  }
}

/** The leftmost bits of `octets`, as many as the order has: a whole number of octets for every curve here. */
function truncated(octets: Uint8Array, { bytes }: Curve): bigint {
  return numberOf(octets.subarray(0, bytes))
}

/** The abscissa of `nonce` times the generator, which is what ECDH calls a public key. */
function abscissaOf({ nodeName, bytes }: Curve, nonce: bigint): bigint {
  const ecdh = createECDH(nodeName)
  ecdh.setPrivateKey(octetsOf(nonce, bytes))
  return numberOf(ecdh.getPublicKey().subarray(1, 1 + bytes))
}

/** The extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [remainder, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n]
  while (next > 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}

function numberOf(octets: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(octets).toString('hex')}`)
}

function octetsOf(value: bigint, bytes: number): Buffer {
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex')
}

function sha256(octets: Uint8Array): Buffer {
  return createHash('sha256').update(octets).digest()
}

/** MGF1 (RFC 8017 section B.2.1). */
function mask(seed: Uint8Array, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    sha256(Buffer.concat([seed, octetsOf(BigInt(at), 4)])),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

function xor(octets: Buffer, others: Buffer): Buffer {
  return Buffer.from(octets.map((octet, at) => octet ^ (others[at] ?? 0)))
}
