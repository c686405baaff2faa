/** Wires sender binding for one server. */
import {
  createProofJudge,
  createProofNonces,
  encodeBase64url,
  normalisedTarget,
  type SynchronousSignatureEngine,
} from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { BindingWorld, ProofMemory, ProofNonceMode } from './bind-token.ts'

/** What sender binding stands on. */
export interface BindingGround {
  readonly tokenEndpoint: string
  readonly masterKey: Uint8Array
  readonly engine: SynchronousSignatureEngine
  /** Remembers assertions and proofs alike. */
  readonly replayGuard: ProofMemory
}

/** Makes it. Proofs are for the token endpoint as the metadata publishes it, whatever a proxy makes of requests. */
export function openBinding(proofNonceMode: ProofNonceMode, ground: BindingGround): BindingWorld {
  const { tokenEndpoint, masterKey, engine, replayGuard: proofMemory } = ground
  const target = normalisedTarget(tokenEndpoint)
  invariant(target !== undefined, 'an issuer is a URL')
  return {
    judgeProof: createProofJudge(engine),
    proofTarget: target,
    proofNonces: createProofNonces(deriveKey(masterKey, 'DPoP nonces'), engine),
    proofNonceMode,
    proofMemory,
    thumbprintOf: (der) => encodeBase64url(engine.sha256(der)),
  }
}
