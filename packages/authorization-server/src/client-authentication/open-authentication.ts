/** Wires client authentication for one server. */
import type { ReplayFailMode, ReplayStore } from '@mintmark/limits'
import { isLoopbackHost } from '@mintmark/protocol'
import type { RandomSource, Transport } from '@mintmark/runtime'
import { createSecretSealer } from '../registry/secret-sealing.ts'
import type { StorageSession } from '../storage/storage.ts'
import { createMacVerifier } from './assertions/mac-assertion.ts'
import type { AuthenticationWorld } from './authentication-world.ts'
import { createImportedSecretChecker } from './imported-secrets/imported-secret-checker.ts'
import { createRehash } from './imported-secrets/secret-rehash.ts'
import { createClientKeySource } from './keys/client-keys.ts'
import { createDecoyKeys } from './keys/decoy-keys.ts'
import { createGuardedTransport } from './keys/guarded-transport.ts'
import { createIssuerKeySource } from './keys/issuer-keys.ts'
import { createRemoteKeySets } from './keys/remote-key-sets.ts'
import { bundleTransport } from './keys/spiffe-bundle.ts'
import { CredentialMemory } from './recognised-credentials.ts'
import { createReplayGuard } from './replay/replay-guard.ts'

/** What an operator says about client authentication. */
export interface AuthenticationSettings {
  readonly replayStore: 'memory' | 'storage' | ReplayStore
  readonly replayWhenUnavailable: ReplayFailMode
  /** `undefined`: one of our own, which keeps to the public Internet and to `internalKeyHosts`. */
  readonly transport: Transport | undefined
  readonly internalKeyHosts: readonly string[]
}

/** What client authentication stands on. */
export type AuthenticationGround = Omit<
  AuthenticationWorld,
  | 'clientKeys'
  | 'issuerKeys'
  | 'decoys'
  | 'macs'
  | 'replayGuard'
  | 'importedSecrets'
  | 'rehash'
  | 'credentialMemory'
> & {
  readonly session: StorageSession
  readonly random: RandomSource
}

/** Client authentication, ready. */
export interface OpenAuthentication {
  readonly world: AuthenticationWorld
  /** Ends requests for keys that are under way. */
  dispose(): void
}

/** Makes it. Sends nothing yet. */
export function openAuthentication(
  ground: AuthenticationGround,
  settings: AuthenticationSettings,
): OpenAuthentication {
  const { issuer, session, random, engine, clock, observer } = ground
  const transport = settings.transport ?? createGuardedTransport(internalHosts(issuer, settings))
  const fetching = { clock, random, engine, observer }
  const remote = createRemoteKeySets({ ...fetching, transport })
  const bundles = createRemoteKeySets({ ...fetching, transport: bundleTransport(transport) })
  const { replayStore, replayWhenUnavailable: whenUnavailable } = settings
  const store = replayStore === 'storage' ? session : replayStore
  return {
    world: {
      ...ground,
      clientKeys: createClientKeySource(engine, remote),
      issuerKeys: createIssuerKeySource({ keySets: remote, bundles, transport, clock }),
      decoys: createDecoyKeys(engine, random),
      macs: createMacVerifier(createSecretSealer(session.masterKey, random)),
      importedSecrets: createImportedSecretChecker(),
      credentialMemory: new CredentialMemory(random, ground.registry),
      rehash: createRehash(ground),
      replayGuard: createReplayGuard({
        store: store === 'memory' ? undefined : store,
        ...{ whenUnavailable, clock, observer },
      }),
    },
    dispose() {
      remote.dispose()
      bundles.dispose()
    },
  }
}

/** On loopback, where development and tests take place, everybody is a neighbour. */
function internalHosts(
  issuer: string,
  { internalKeyHosts }: AuthenticationSettings,
): (hostname: string) => boolean {
  if (isLoopbackHost(new URL(issuer).hostname)) return () => true
  const named = new Set(internalKeyHosts.map((host) => host.toLowerCase()))
  return (hostname) => named.has(hostname)
}
