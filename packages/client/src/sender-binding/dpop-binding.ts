/**
 * Binding tokens to a key by a proof in each request (RFC 9449).
 *
 * Invariants
 *  (1) A proof is for one request: its own identifier, method, URL, instant and, where a token goes along, token.
 *  (2) The private key stays in the crypto library's own form, and no proof holds more than its public half.
 *  (3) On an engine that answers in place, so does `prove`, unless the key is one of WebCrypto.
 */
import {
  encodeBase64url,
  encodeBase64urlText,
  type MaybePromise,
  type SignatureEngine,
} from '@mintmark/jwt'
import { createIdentifierSource } from '@mintmark/runtime'
import type { AccessToken } from '../access-token.ts'
import { proofKeyOfPair } from './crypto-key-pair.ts'
import type { DpopChoice } from './dpop-options.ts'
import { NonceBook } from './nonce-book.ts'
import { canonicalPublicKey, makeProofKey, type ProofKey } from './proof-key.ts'
import type { RequestToProve, SenderBinding, SenderBindingParts } from './sender-binding.ts'

/** What the binding of one client needs. */
export interface DpopParts extends SenderBindingParts {
  readonly choice: DpopChoice
  readonly engine: SignatureEngine
}

/**
 * Makes the binding of one client. A key that is not given is made with the first proof.
 *
 * Throws `TypeError` for a given key whose halves do not belong together, where the engine finds out in place; on
 * others the first proof fails.
 */
export function createDpopBinding({ choice, engine, random, nowWallMs }: DpopParts): SenderBinding {
  const nextIdentifier = createIdentifierSource(random)
  const nonces = new NonceBook()
  const tokenHash = createTokenHash(engine)
  const proofKey = madeOnce(() => proofKeyOf(choice, engine))
  if (choice.source === 'jwk' && engine.name === 'node') checkHalves(proofKey)

  const sign = (
    key: ProofKey,
    { method, url }: RequestToProve,
    ath: string | undefined,
  ): MaybePromise<string> => {
    const claims = {
      jti: nextIdentifier(),
      htm: normalisedMethod(method),
      htu: url.origin + url.pathname,
      iat: Math.floor(nowWallMs() / 1000),
      ath,
      nonce: nonces.nonceFor(url.origin),
    }
    const signingInput = `${key.headerSegment}.${encodeBase64urlText(JSON.stringify(claims))}`
    const signature = key.sign(signingInput)
    return signature instanceof Promise
      ? signature.then((octets) => `${signingInput}.${encodeBase64url(octets)}`)
      : `${signingInput}.${encodeBase64url(signature)}`
  }

  return Object.freeze({
    tokenType: 'dpop',
    confirmation:
      choice.source === 'jwk' ? canonicalPublicKey(choice.jwk) : `own ${nextIdentifier()}`,
    prove: (request) => {
      const key = proofKey()
      const ath = request.token === undefined ? undefined : tokenHash(request.token)
      if (key instanceof Promise || ath instanceof Promise) {
        return Promise.all([key, ath]).then(([ready, hash]) => sign(ready, request, hash))
      }
      return sign(key, request, ath)
    },
    learnNonce: (url, nonce) => nonces.learn(url.origin, nonce),
  } satisfies SenderBinding)
}

function proofKeyOf(choice: DpopChoice, engine: SignatureEngine): MaybePromise<ProofKey> {
  const { algorithm } = choice
  if (choice.source === 'pair') return proofKeyOfPair(choice.pair, algorithm)
  return makeProofKey(engine, algorithm, choice.source === 'jwk' ? choice.jwk : undefined)
}

function checkHalves(proofKey: () => MaybePromise<ProofKey>): void {
  try {
    void proofKey()
  } catch {
    throw new TypeError('dpop.key: the private and the public half do not belong together')
  }
}

/** What comes late replaces its promise once it is there. What failed is made again. */
function madeOnce<Value>(make: () => MaybePromise<Value>): () => MaybePromise<Value> {
  let made: MaybePromise<Value> | undefined
  return () => {
    if (made !== undefined) return made
    const making = make()
    made = making
    if (making instanceof Promise) {
      making.then(
        (value) => {
          made = value
        },
        () => {
          made = undefined
        },
      )
    }
    return making
  }
}

/** The claim `ath` (section 4.2), worked out once per token. */
function createTokenHash(engine: SignatureEngine): (token: AccessToken) => MaybePromise<string> {
  const known = new WeakMap<AccessToken, MaybePromise<string>>()
  return (token) => {
    const hash = known.get(token) ?? hashOf(engine, token)
    known.set(token, hash)
    return hash
  }
}

function hashOf(engine: SignatureEngine, token: AccessToken): MaybePromise<string> {
  const digest = engine.sha256(new TextEncoder().encode(token.reveal()))
  return digest instanceof Promise ? digest.then(encodeBase64url) : encodeBase64url(digest)
}

/** As `fetch` and everything like it puts it on the wire (Fetch standard, "normalize a method"). */
function normalisedMethod(method: string): string {
  return NORMALISED.test(method) ? method.toUpperCase() : method
}

const NORMALISED = /^(?:delete|get|head|options|post|put)$/i
