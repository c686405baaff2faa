/**
 * The sender corpus: what an API that takes bound tokens (RFC 9449, RFC 8705) must refuse, and what it must admit.
 * Tokens are right and signed by the issuer; what is wrong is who presents them. The same in every run.
 */
import { publicJwkOf } from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { type AttackCorpusOptions, corpusFacts } from '../attack-tokens/attack-corpus.ts'
import {
  type FixtureCertificate,
  otherPartnerCertificate,
  partnerCertificate,
} from '../fixture-certificates.ts'
import { fixtureKeys } from '../fixture-keys.ts'
import { clientCertificates } from './client-certificates.ts'
import { goodSenders } from './good-senders.ts'
import { proofForms } from './proof-forms.ts'
import { proofInstants } from './proof-instants.ts'
import { proofKeys } from './proof-keys.ts'
import { proofNonces } from './proof-nonces.ts'
import { proofSignatures } from './proof-signatures.ts'
import { proofTargets } from './proof-targets.ts'
import { proofTokens } from './proof-tokens.ts'
import { proofUses } from './proof-uses.ts'
import type { SenderCase, SenderRequest } from './sender-case.ts'
import { senderSchemes } from './sender-schemes.ts'
import { type SenderFacts, senderWorkshop } from './sender-workshop.ts'

/** What a sender corpus is made for. */
export interface SenderCorpusOptions extends AttackCorpusOptions {
  /** Scheme `https`, host and port by which clients reach the API. Default `https://api.example`. */
  readonly publicOrigin?: string
}

/** Requests, and what a verifier has to be configured with to judge them. */
export interface SenderCorpus extends SenderFacts {
  /** The issuer's JWK Set. */
  readonly keySet: { readonly keys: readonly JsonObject[] }
  /** What clients show in the handshake, by the names that requests use. */
  readonly certificates: Readonly<Record<'own' | 'other', FixtureCertificate>>
  /** For a verifier that asks for no nonces. */
  readonly cases: readonly SenderCase[]
  /** For one that asks for them always. */
  readonly nonceCases: readonly SenderCase[]
}

const CLASSES = [
  proofForms,
  proofKeys,
  proofSignatures,
  proofTargets,
  proofTokens,
  proofInstants,
  proofUses,
  senderSchemes,
  clientCertificates,
  goodSenders,
] as const

/**
 * Makes the corpus: about 240 cases. Each proof has a `jti` of its own, so a verifier may keep what it remembers
 * between cases. Needs `node:crypto`.
 */
export function createSenderCorpus(options: SenderCorpusOptions = {}): SenderCorpus {
  const { publicOrigin = 'https://api.example', ...rest } = options
  const facts = { ...corpusFacts(rest), publicOrigin }
  const workshop = senderWorkshop(facts)
  return {
    ...facts,
    keySet: { keys: Object.values(fixtureKeys).map((key) => ({ ...publicJwkOf(key) })) },
    certificates: { own: partnerCertificate, other: otherPartnerCertificate },
    cases: CLASSES.flatMap((casesOf) => casesOf(workshop)),
    nonceCases: proofNonces(workshop),
  }
}

/** Tells whether a verifier admits a request; see `AdmitsRequest`. */
export type AdmitsSender = (request: SenderRequest) => boolean | Promise<boolean>

/** What became of one case. */
export interface SenderOutcome {
  readonly case: SenderCase
  readonly admitted: boolean
  /** Whether everything that is sent before was admitted: where it was not, a refusal means nothing. */
  readonly prepared: boolean
}

/** Puts every case before `admits`, with what is sent before it, one after the other. What it throws is a refusal. */
export async function runSenderCorpus(
  cases: readonly SenderCase[],
  admits: AdmitsSender,
): Promise<readonly SenderOutcome[]> {
  const outcomes: SenderOutcome[] = []
  const ask = async (request: SenderRequest): Promise<boolean> => {
    try {
      return (await admits(request)) === true
    } catch {
      return false
    }
  }
  for (const one of cases) {
    let prepared = true
    for (const request of one.before) prepared = (await ask(request)) && prepared
    outcomes.push({ case: one, prepared, admitted: await ask(one.request) })
  }
  return outcomes
}
