/** A signing key as an operator sees it. Holds nothing of the key itself. */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import type { SigningKeyRecord } from '../storage/records.ts'
import type { KeyPhase, SigningKeyState } from './key-schedule.ts'

/** What may be shown of a signing key. Instants are ISO 8601 in UTC. */
export interface SigningKeySummary {
  /** Its RFC 7638 thumbprint, as tokens and the JWK Set name it. */
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
  readonly state: SigningKeyState
  /** The external signer that holds it; `undefined`: it is in the database, sealed. */
  readonly signer: string | undefined
  readonly createdAt: string
  /** When it signs for the first time, or did. */
  readonly activatesAt: string
  /** When it leaves the JWK Set; `undefined` as long as no other key is to take its place. */
  readonly retiresAt: string | undefined
  readonly compromisedAt: string | undefined
}

/** The summary of a key in its phase. */
export function summaryOf(phase: KeyPhase<SigningKeyRecord>): SigningKeySummary {
  const { key, state, retiresAtWallMs } = phase
  const isWithdrawn = state === 'compromised'
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state,
    signer: key.signer,
    createdAt: isoText(key.createdAtWallMs),
    activatesAt: isoText(key.activatesAtWallMs),
    retiresAt: isWithdrawn ? undefined : optionalIsoText(retiresAtWallMs),
    compromisedAt: optionalIsoText(key.compromisedAtWallMs),
  }
}

function optionalIsoText(wallMs: number | undefined): string | undefined {
  return wallMs === undefined ? undefined : isoText(wallMs)
}

function isoText(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
