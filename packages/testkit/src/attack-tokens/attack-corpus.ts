/**
 * The attack corpus: requests that an API with RFC 9068 access tokens must refuse, and some that it must admit, made
 * for an issuer, an audience and an instant. The same in every run: keys are fixtures, nonces come from messages.
 *
 * Most attacks are signed right, by the issuer's own key: they show whether a rule is there at all.
 */
import { publicJwkOf, type SignatureAlgorithm } from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import { fixtureKeys } from '../fixture-keys.ts'
import { the } from '../the.ts'
import { algorithmConfusion } from './algorithm-confusion.ts'
import { aliases } from './aliases.ts'
import { ambiguousJson } from './ambiguous-json.ts'
import type { AttackCase } from './attack-case.ts'
import { attackWorkshop, type CorpusFacts } from './attack-workshop.ts'
import { audiences } from './audiences.ts'
import { claimForms } from './claim-forms.ts'
import { duplicateMembers } from './duplicate-members.ts'
import { encrypted } from './encrypted.ts'
import { forgedAndWrong } from './forged-and-wrong.ts'
import { forgedSignatures } from './forged-signatures.ts'
import { goodTokens } from './good-tokens.ts'
import { headerExtensions } from './header-extensions.ts'
import { headerTexts } from './header-texts.ts'
import { instants } from './instants.ts'
import { issuers } from './issuers.ts'
import { keyInjection } from './key-injection.ts'
import { requests } from './requests.ts'
import { senderBindings } from './sender-bindings.ts'
import { sizes } from './sizes.ts'
import { tokenTypes } from './token-types.ts'
import { unfitKeys, unfitPublishedKeys } from './unfit-keys.ts'
import { unknownAlgorithms } from './unknown-algorithms.ts'
import { unsigned } from './unsigned.ts'

/** What a corpus is made for. Every default is what `the` says. */
export interface AttackCorpusOptions {
  readonly issuer?: string
  /** What the verifier calls itself: at least two characters, one of them a letter. */
  readonly audience?: string
  readonly clientId?: string
  /** Wall time in whole seconds since 1970. A verifier without a clock to set gets the current one. */
  readonly nowSeconds?: number
  /** The algorithm of every token whose algorithm does not matter. Default ES256. */
  readonly algorithm?: SignatureAlgorithm
}

/** Requests, and what a verifier has to be configured with to judge them. */
export interface AttackCorpus extends CorpusFacts {
  /**
   * The issuer's JWK Set: four good keys, and the ones of the class `unfit-key`, most of which a verifier has to leave
   * out. Private halves are among the latter, on purpose.
   */
  readonly keySet: { readonly keys: readonly JsonObject[] }
  /** The four good keys alone, for verifiers that cannot work with a set that has others. */
  readonly goodKeySet: { readonly keys: readonly JsonObject[] }
  /** Attacks and good requests, in a fixed order; ids are unique. */
  readonly cases: readonly AttackCase[]
}

const CLASSES = [
  algorithmConfusion,
  unsigned,
  unknownAlgorithms,
  keyInjection,
  headerExtensions,
  forgedSignatures,
  unfitKeys,
  duplicateMembers,
  ambiguousJson,
  instants,
  sizes,
  aliases,
  tokenTypes,
  audiences,
  issuers,
  claimForms,
  encrypted,
  forgedAndWrong,
  headerTexts,
  senderBindings,
  requests,
  goodTokens,
] as const

/**
 * Makes the corpus: about 700 cases in about half a second. Needs `node:crypto`.
 *
 * The signing keys are published with this package; a verifier under test that trusts them must trust them in the test
 * alone.
 */
export function createAttackCorpus(options: AttackCorpusOptions = {}): AttackCorpus {
  const facts = corpusFacts(options)
  const workshop = attackWorkshop(facts)
  const good = Object.values(fixtureKeys).map((key): JsonObject => ({ ...publicJwkOf(key) }))
  return {
    ...facts,
    keySet: { keys: [...good, ...unfitPublishedKeys] },
    goodKeySet: { keys: good },
    cases: CLASSES.flatMap((casesOf) => casesOf(workshop)),
  }
}

/** The facts behind some options. */
export function corpusFacts(options: AttackCorpusOptions): CorpusFacts {
  return {
    issuer: options.issuer ?? the.issuer,
    audience: options.audience ?? the.audience,
    clientId: options.clientId ?? the.clientId,
    scope: the.scope,
    nowSeconds: options.nowSeconds ?? the.nowSeconds,
    algorithm: options.algorithm ?? 'ES256',
  }
}
