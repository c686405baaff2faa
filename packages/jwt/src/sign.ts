/** Signing a token in compact form (RFC 7515 sections 3.1 and 5.1). */
import { encodeBase64url, encodeBase64urlText } from './base64url.ts'
import type {
  MaybePromise,
  SignatureEngine,
  SigningKey,
  SynchronousSignatureEngine,
} from './signature-engine.ts'

/** The members of a protected header that the key does not decide. */
export interface HeaderToSign {
  /** `at+jwt` for an access token (RFC 9068 section 2.1). */
  readonly typ: string
}

interface EncodedHeader {
  readonly typ: string
  readonly segment: string
}

/**
 * The header last written with a key. Keys sign one kind of token, so that it is nearly always the
 * next one, too.
 */
const lastHeaderOf = new WeakMap<SigningKey, EncodedHeader>()

/**
 * Signs claims as a compact JWS with the protected header `{"alg","typ","kid"}`.
 *
 * Answers in place when the engine does. `claimsJson` is the text of a JSON object and is signed as
 * it is: whether it is well-formed, complete or true is not checked.
 */
export function signCompact(
  engine: SynchronousSignatureEngine,
  key: SigningKey,
  header: HeaderToSign,
  claimsJson: string,
): string
export function signCompact(
  engine: SignatureEngine,
  key: SigningKey,
  header: HeaderToSign,
  claimsJson: string,
): MaybePromise<string>
export function signCompact(
  engine: SignatureEngine,
  key: SigningKey,
  header: HeaderToSign,
  claimsJson: string,
): MaybePromise<string> {
  const signingInput = `${headerSegment(key, header.typ)}.${encodeBase64urlText(claimsJson)}`
  const signature = engine.sign(key, signingInput)
  return signature instanceof Promise
    ? signature.then((octets) => withSignature(signingInput, octets))
    : withSignature(signingInput, signature)
}

function headerSegment(key: SigningKey, typ: string): string {
  const last = lastHeaderOf.get(key)
  if (last?.typ === typ) return last.segment
  const segment = encodeBase64urlText(JSON.stringify({ alg: key.alg, typ, kid: key.kid }))
  lastHeaderOf.set(key, { typ, segment })
  return segment
}

function withSignature(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${encodeBase64url(signature)}`
}
