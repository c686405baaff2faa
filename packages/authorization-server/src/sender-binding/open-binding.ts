/** Wires sender binding for one server. */
import { encodeBase64url, type SynchronousSignatureEngine } from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import type { BindingWorld, ProofMemory, ProofNonceMode } from './bind-token.ts'
import { createProofJudge } from './dpop-proof.ts'
import { createProofNonces } from './proof-nonces.ts'
import { normalisedTarget } from './proof-target.ts'

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
    judgeProof: createProofJudge(target, engine),
    proofNonces: createProofNonces(masterKey),
    proofNonceMode,
    proofMemory,
    thumbprintOf: (der) => encodeBase64url(engine.sha256(der)),
  }
}
