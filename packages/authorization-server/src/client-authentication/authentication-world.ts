/** What client authentication is made of, wired once per server. */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import type { Clock, Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import type { CallerAddresses } from '../http/caller-address.ts'
import type { RegistrySnapshot } from '../registry/registry-snapshot.ts'
import type { SecretDigester } from '../registry/secret-digest.ts'
import type { MacVerifier } from './assertions/mac-assertion.ts'
import type { ImportedSecretChecker } from './imported-secrets/imported-secret-checker.ts'
import type { Rehash } from './imported-secrets/secret-rehash.ts'
import type { ClientKeySource } from './keys/client-keys.ts'
import type { DecoyKeys } from './keys/decoy-keys.ts'
import type { IssuerKeySource } from './keys/issuer-keys.ts'
import type { CredentialMemory } from './recognised-credentials.ts'
import type { ReplayGuard } from './replay/replay-guard.ts'

/** Everything that the methods use. */
export interface AuthenticationWorld {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly clock: Clock
  readonly observer: Observer<AuthorizationServerEvent>
  readonly callers: CallerAddresses
  readonly engine: SynchronousSignatureEngine
  readonly digester: SecretDigester
  readonly credentialMemory: CredentialMemory
  /** The registry as it is now. */
  readonly registry: () => RegistrySnapshot
  readonly clientKeys: ClientKeySource
  readonly issuerKeys: IssuerKeySource
  readonly decoys: DecoyKeys
  readonly macs: MacVerifier
  readonly replayGuard: ReplayGuard
  readonly importedSecrets: ImportedSecretChecker
  readonly rehash: Rehash
}
