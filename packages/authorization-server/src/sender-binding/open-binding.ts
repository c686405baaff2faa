/** Wires sender binding for one server. */
import {
  createProofJudge,
  createProofNonces,
  encodeBase64url,
  normalisedTarget,
  type SynchronousSignatureEngine,
} from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import { aliasOf } from '../http/mutual-tls-alias.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { BindingWorld, ProofMemory, ProofNonceMode } from './bind-token.ts'

/** What sender binding stands on. */
export interface BindingGround {
  readonly tokenEndpoint: string
  /** Where the token endpoint is too (RFC 8705 section 5). */
  readonly mutualTlsOrigin: string | undefined
  readonly masterKey: Uint8Array
  readonly engine: SynchronousSignatureEngine
  /** Remembers assertions and proofs alike. */
  readonly replayGuard: ProofMemory
}

/**
 * Makes it. Proofs are for the token endpoint as the metadata publishes it, there or at its alias, whatever a proxy
 * makes of requests.
 */
export function openBinding(proofNonceMode: ProofNonceMode, ground: BindingGround): BindingWorld {
  const { tokenEndpoint, mutualTlsOrigin, masterKey, engine, replayGuard: proofMemory } = ground
  const alias = mutualTlsOrigin && aliasOf(tokenEndpoint, mutualTlsOrigin)
  return {
    judgeProof: createProofJudge(engine),
    proofTarget: normalised(tokenEndpoint),
    proofTargetAlias: alias && normalised(alias),
    proofNonces: createProofNonces(deriveKey(masterKey, 'DPoP nonces'), engine),
    proofNonceMode,
    proofMemory,
    thumbprintOf: (der) => encodeBase64url(engine.sha256(der)),
  }
}

function normalised(url: string): string {
  const target = normalisedTarget(url)
  invariant(target !== undefined, 'an issuer is a URL')
  return target
}
