/** Wires what one guard checks senders with. */
import { createProofNonces, proofNonceKeyBytes, type SignatureEngine } from '@mintmark/jwt'
import { createReplayLedger } from '@mintmark/limits'
import type { Clock, Observer, RandomSource } from '@mintmark/runtime'
import type { GuardEvent } from '../events.ts'
import type { GuardedRequest } from '../guarded-request.ts'
import type { ResolvedProofOptions, ResolvedSenderBinding } from './binding-options.ts'
import { createCertificateCheck } from './certificate-check.ts'
import {
  type CertificateSource,
  createConnectionCertificate,
  createForwardedCertificate,
} from './certificate-source.ts'
import { createProofCheck, type ProofCheck } from './proof-check.ts'
import { createPublicTarget } from './public-target.ts'
import type { SenderRules } from './sender-check.ts'

/** What checking senders stands on. */
export interface SenderGround {
  readonly clock: Clock
  readonly random: RandomSource
  readonly engine: SignatureEngine
  readonly observer: Observer<GuardEvent>
}

/** Makes it. Throws `TypeError` for a trusted proxy that is no address or network. Sends nothing and starts nothing. */
export function openSenderRules(
  { required, clientCertificate, proofs }: ResolvedSenderBinding,
  ground: SenderGround,
): SenderRules {
  const source = certificateSource(clientCertificate, ground.observer)
  return {
    required,
    checkProof: proofs && proofCheck(proofs, ground),
    checkCertificate: createCertificateCheck(source, ground.engine),
  }
}

function certificateSource(
  option: ResolvedSenderBinding['clientCertificate'],
  observer: Observer<GuardEvent>,
): CertificateSource {
  if (option === 'connection') return createConnectionCertificate()
  return typeof option === 'function'
    ? ofCaller(option)
    : createForwardedCertificate(option, observer)
}

/** Nothing but octets is a certificate: what else a function returns is a mistake that must not admit anybody. */
function ofCaller(source: CertificateSource): CertificateSource {
  return (request) => {
    const der: unknown = source((request.original ?? request) as GuardedRequest)
    if (der === undefined || der instanceof Uint8Array) return der
    throw new TypeError('clientCertificate: the function must return octets or undefined')
  }
}

function proofCheck(
  { origin, paths, ageSecondsMax, nonces, ...options }: ResolvedProofOptions,
  { clock, random, engine, observer }: SenderGround,
): ProofCheck {
  const nonceKey = options.nonceKey ?? random.bytes(proofNonceKeyBytes.min)
  return createProofCheck({
    targetOf: createPublicTarget(origin, paths),
    ageSecondsMax,
    nonces: nonces && { mode: nonces, at: createProofNonces(nonceKey, engine) },
    ledger: createReplayLedger({
      store: options.replayStore,
      whenUnavailable: options.replayWhenUnavailable,
      deadlineMs: options.replayDeadlineMs,
      ...{ clock, observer },
    }),
    ...{ engine, clock },
  })
}
