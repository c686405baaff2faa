/**
 * The public keys of clients: from a registered JWK Set, or from where the client publishes one (RFC 7591 section 2).
 *
 * Invariants
 *  (1) A key verifies with an algorithm only when it is of its type and does not say another one: the header of an
 *      assertion chooses among registered keys and nothing else.
 *  (2) What was parsed and imported lives as long as the registration it came from.
 */
import {
  KeyImportError,
  type KeyLookup,
  type KeyRefusal,
  type MaybePromise,
  type PublicJwk,
  parseJwkSet,
  type SynchronousSignatureEngine,
  selectKey,
  type VerificationKey,
  type WantedKey,
} from '@mintmark/jwt'
import type { ClientKeys } from '../../registry/client-settings.ts'
import type { RemoteKeySets } from './remote-key-sets.ts'

/** Where the keys of clients are looked up. */
export interface ClientKeySource {
  /** The one key that an assertion names. Answers in place unless a published set has to be fetched first. */
  keyFor(keys: ClientKeys | undefined, wanted: WantedKey): MaybePromise<KeyLookup>
  /** All keys of a client, or why they cannot be had. */
  keysOf(keys: ClientKeys | undefined): MaybePromise<readonly PublicJwk[] | KeyRefusal>
}

/** Makes the source for one server. */
export function createClientKeySource(
  engine: SynchronousSignatureEngine,
  remote: RemoteKeySets,
): ClientKeySource {
  const registered = new WeakMap<ClientKeys, RegisteredKeys>()

  function registeredKeys(keys: Extract<ClientKeys, { readonly kind: 'jwks' }>): RegisteredKeys {
    const known = registered.get(keys)
    if (known !== undefined) return known
    const set = new RegisteredKeys(keys.jwks, engine)
    registered.set(keys, set)
    return set
  }

  return {
    keyFor(keys, wanted) {
      if (keys === undefined) return unknownKey
      if (keys.kind === 'jwks_uri') return remote.at(keys.jwksUri).keyFor(wanted)
      return registeredKeys(keys).find(wanted)
    },
    keysOf(keys) {
      if (keys === undefined) return []
      return keys.kind === 'jwks_uri' ? remote.at(keys.jwksUri).keys() : registeredKeys(keys).keys
    },
  }
}

const unknownKey: KeyLookup = { refusal: 'unknown_key' }
const ambiguousKey: KeyLookup = { refusal: 'ambiguous_key' }

/** The keys of one registered set, each imported when it is first needed. */
class RegisteredKeys {
  readonly keys: readonly PublicJwk[]
  readonly #engine: SynchronousSignatureEngine
  readonly #imported = new Map<string, VerificationKey | undefined>()

  constructor(jwks: string, engine: SynchronousSignatureEngine) {
    const parsed = parseJwkSet(jwks)
    this.keys = parsed.ok ? parsed.value.keys : []
    this.#engine = engine
  }

  find(wanted: WantedKey): KeyLookup {
    const selected = selectKey(this.keys, wanted)
    if (!selected.ok) return selected.violation === 'ambiguous_key' ? ambiguousKey : unknownKey
    return this.#import(selected.value, wanted) ?? unknownKey
  }

  #import(jwk: PublicJwk, { alg }: WantedKey): VerificationKey | undefined {
    const name = `${alg} ${this.keys.indexOf(jwk)}`
    if (this.#imported.has(name)) return this.#imported.get(name)
    const key = importedOrNothing(this.#engine, jwk, alg)
    this.#imported.set(name, key)
    return key
  }
}

/** A point off its curve is no key. */
function importedOrNothing(
  engine: SynchronousSignatureEngine,
  jwk: PublicJwk,
  alg: WantedKey['alg'],
): VerificationKey | undefined {
  try {
    return engine.importVerificationKey(jwk, alg)
  } catch (error) {
    if (error instanceof KeyImportError) return undefined
    throw error
  }
}
