/** Replaces the slow hash of an imported secret by a keyed digest, once the secret itself was seen. */
import type { ClientSecret } from '@mintmark/protocol'
import type { Clock, Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../../events.ts'
import type { SecretDigester } from '../../registry/secret-digest.ts'
import type { StorageSession } from '../../storage/storage.ts'

/** What a replacement needs. */
export interface RehashWorld {
  readonly session: StorageSession
  readonly digester: SecretDigester
  readonly clock: Clock
  readonly observer: Observer<AuthorizationServerEvent>
}

/** Which secret of which client. */
export interface RehashedSecret {
  readonly clientId: string
  readonly secretId: string
  readonly secret: ClientSecret
}

/** Replaces hashes in the background. */
export type Rehash = (one: RehashedSecret) => void

/** Makes it: one change is under way per secret, and one that fails is tried with the next use. */
export function createRehash({ session, digester, clock, observer }: RehashWorld): Rehash {
  const underWay = new Set<string>()
  return ({ clientId, secretId, secret }) => {
    if (underWay.has(secretId)) return
    underWay.add(secretId)
    const verifier = { kind: 'keyed', digest: digester.digest(secret) } as const
    const origin = {
      actor: `client:${clientId}`.slice(0, 255),
      via: 'token_endpoint',
      atWallMs: clock.wallMs(),
    } as const
    session
      .apply([{ type: 'secret_rehashed', clientId, secretId, verifier }], origin)
      .then(({ ok }) => {
        observer({ type: ok ? 'secret_rehashed' : 'secret_rehash_failed', clientId, secretId })
      })
      .catch(() => observer({ type: 'secret_rehash_failed', clientId, secretId }))
      .finally(() => underWay.delete(secretId))
  }
}
