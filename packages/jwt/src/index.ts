export {
  type AlgorithmEntry,
  algorithmEntry,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from './algorithms.ts'
export { decodeBase64url, encodeBase64url, encodeBase64urlText } from './base64url.ts'
export {
  type ClaimRefusal,
  checkAccessTokenClaims,
  type ExpectedClaims,
  expirySecondsOf,
} from './claims.ts'
export { type ClaimsViolation, parseClaims } from './claims-set.ts'
export { type CompactJws, type CompactViolation, parseCompact } from './compact.ts'
export {
  createProofJudge,
  type DpopProof,
  type JudgedProof,
  type ProofJudge,
  type ProofViolation,
  type SynchronousProofJudge,
} from './dpop/dpop-proof.ts'
export {
  createProofNonces,
  type NonceWindow,
  type ProofNonces,
  proofNonceKeyBytes,
  proofNonceSecondsMax,
  type SynchronousProofNonces,
} from './dpop/proof-nonces.ts'
export { normalisedTarget } from './dpop/proof-target.ts'
export { nodeEngine } from './engines/node-engine.ts'
export { platformEngine } from './engines/platform-engine.ts'
export { webEngine } from './engines/web-engine.ts'
export type { JwkSetFetchViolation } from './fetch-jwk-set.ts'
export {
  type JwkViolation,
  type PrivateJwk,
  type PublicJwk,
  parsePrivateJwk,
  parsePublicJwk,
  publicJwkOf,
} from './jwk.ts'
export {
  type JwkSet,
  type JwkSetViolation,
  type KeySelectionViolation,
  parseJwkSet,
  selectKey,
  serialiseJwkSet,
  type WantedKey,
} from './jwk-set.ts'
export type { JwkSetEvent } from './jwk-set-event.ts'
export { KeyImportError } from './key-import-error.ts'
export { isKeyRefusal, type KeyLookup, type KeyRefusal } from './key-lookup.ts'
export type { RemoteJwkSetOptions } from './options.ts'
export {
  type HeaderViolation,
  type ProtectedHeader,
  parseHeaderObject,
} from './protected-header.ts'
export {
  createRemoteJwkSet,
  type RemoteJwkSet,
  type RemoteJwkSetState,
} from './remote-jwk-set.ts'
export { type HeaderToSign, signCompact } from './sign.ts'
export type {
  MaybePromise,
  SignatureEngine,
  SigningKey,
  SynchronousSignatureEngine,
  VerificationKey,
} from './signature-engine.ts'
export { jwkThumbprint } from './thumbprint.ts'
export {
  decodeUnverified,
  type UnverifiedToken,
  type UnverifiedViolation,
} from './unverified-token.ts'
export { verifyCompact } from './verify.ts'
