/**
 * Basic credentials that were right before. A client sends the same `Authorization` with each request, and recognising
 * it costs a third of decoding it and digesting its secret again.
 *
 * Invariants
 *  (1) No credential is kept, only its SHA-256 digest behind 32 random octets that live and die with this process:
 *      nobody else can make one, so the time that looking it up takes says nothing about what is kept.
 *  (2) Recognised means: of this client, as it is registered now, this secret. Whether that is still accepted is judged
 *      each time (`secret-authentication.ts`).
 *  (3) Kept is only what was accepted, and what can be read in one way only.
 *  (4) What is not kept costs one digest more, whoever is named in it.
 */
import { hash } from 'node:crypto'
import { encodeBase64url } from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'
import { recognisedCredentialsMax, recognisedLengthMax } from '../limits.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { SecretRecord } from '../storage/records.ts'

const KEY_BYTES = 32

/** Whose credentials they are. */
export interface RecognisedCredentials {
  readonly client: RegisteredClient
  readonly secret: SecretRecord
}

/** The credentials that one server recognises. */
export class CredentialMemory {
  readonly #key: string
  readonly #registry: () => RegistrySnapshot
  readonly #known = new Map<string, RecognisedCredentials>()

  constructor(random: RandomSource, registry: () => RegistrySnapshot) {
    this.#key = encodeBase64url(random.bytes(KEY_BYTES))
    this.#registry = registry
  }

  /** Whose credentials these are, if they were right before and nothing about the client has changed since. */
  recognise(authorization: string): RecognisedCredentials | undefined {
    if (authorization.length > recognisedLengthMax) return undefined
    const found = this.#known.get(this.#nameOf(authorization))
    if (found === undefined) return undefined
    return this.#registry().client(found.client.id) === found.client ? found : undefined
  }

  /** Keeps credentials that are right. */
  remember(authorization: string, { client, secret }: RecognisedCredentials): void {
    if (authorization.length > recognisedLengthMax) return
    if (this.#known.size >= recognisedCredentialsMax) this.#known.clear()
    this.#known.set(this.#nameOf(authorization), { client, secret })
  }

  /** One key for all, so that equal credentials have equal names; its length is fixed, so no others have. */
  #nameOf(authorization: string): string {
    return hash('sha256', this.#key + authorization, 'binary')
  }
}
