/**
 * The key that signs checkpoints of the audit trail. It is not a signing key of tokens: whoever can make tokens cannot
 * vouch for the trail, and rotating one does not touch the other. It is made when first needed and kept as a setting,
 * sealed under the master key.
 */
import {
  jwkThumbprint,
  type PrivateJwk,
  publicJwkOf,
  type SigningKey,
  type SynchronousSignatureEngine,
  type VerificationKey,
} from '@mintmark/jwt'
import type { Clock, RandomSource } from '@mintmark/runtime'
import { decisionAttemptsMax } from '../limits.ts'
import { deriveKey, openSealedKey, sealKey } from '../signing-keys/key-sealing.ts'
import { StorageError, type StorageSession } from '../storage/storage.ts'

const ALGORITHM = 'ES256'

/** The name of the setting. */
export const auditKeySetting = 'audit_key'

/** Both halves. */
export interface AuditKey {
  readonly signing: SigningKey
  readonly verification: VerificationKey
}

/** What making and using the key takes. */
export interface AuditWorld {
  readonly session: StorageSession
  readonly engine: SynchronousSignatureEngine
  readonly clock: Clock
  readonly random: RandomSource
}

/** The key; `undefined` when none was made yet. Throws {@link StorageError} when it does not open. */
export async function readAuditKey(
  world: Pick<AuditWorld, 'session' | 'engine'>,
): Promise<AuditKey | undefined> {
  const text = await world.session.setting(auditKeySetting)
  return text === undefined ? undefined : opened(text, world)
}

/** The key, which is made when there is none. Of several nodes that make one, all get the same. */
export async function requireAuditKey(world: AuditWorld): Promise<AuditKey> {
  for (let attempt = 0; attempt < decisionAttemptsMax; attempt += 1) {
    const key = await readAuditKey(world)
    if (key !== undefined) return key
    await storeNewKey(world)
  }
  throw new StorageError('storage_unavailable', 'audit key', 'the audit key cannot be stored')
}

async function storeNewKey({ session, engine, clock, random }: AuditWorld): Promise<void> {
  const { sequence } = await session.readRegistry({ kind: 'none' })
  // Somebody may have made one before what was just read, and after it was looked for.
  if ((await session.setting(auditKeySetting)) !== undefined) return
  const jwk = engine.generateKey(ALGORITHM)
  const kid = jwkThumbprint(publicJwkOf(jwk), engine)
  const sealed = sealKey(jwk, kid, ALGORITHM, sealingKeyOf(session), random)
  const value = JSON.stringify({ kid, sealed: Buffer.from(sealed).toString('base64url') })
  await session.apply(
    [{ type: 'setting_changed', name: auditKeySetting, value }],
    { actor: 'node', via: 'node', atWallMs: clock.wallMs() },
    { sequence, subjects: [{ kind: 'setting', id: auditKeySetting }] },
  )
}

function opened(text: string, { session, engine }: Pick<AuditWorld, 'session' | 'engine'>) {
  const jwk = unsealed(text, session)
  if (jwk === undefined) {
    throw new StorageError(
      'storage_damaged',
      'audit key',
      'the key of the audit trail does not open under this master key; somebody has changed it',
    )
  }
  const { privateJwk, kid } = jwk
  const publicJwk = publicJwkOf({ ...privateJwk, kid })
  return {
    signing: engine.importSigningKey(privateJwk, ALGORITHM, kid),
    verification: engine.importVerificationKey(publicJwk, ALGORITHM),
  }
}

function unsealed(
  text: string,
  session: StorageSession,
): { readonly privateJwk: PrivateJwk; readonly kid: string } | undefined {
  try {
    const { kid, sealed } = JSON.parse(text) as { readonly kid: string; readonly sealed: string }
    const octets = Buffer.from(sealed, 'base64url')
    const privateJwk = openSealedKey(octets, kid, ALGORITHM, sealingKeyOf(session))
    return privateJwk && { privateJwk, kid }
  } catch {
    return undefined
  }
}

function sealingKeyOf({ masterKey }: StorageSession): Uint8Array {
  return deriveKey(masterKey, 'audit key')
}
