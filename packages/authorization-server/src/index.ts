export { type ReplayFailMode, type ReplayStore, replayFailModes } from '@mintmark/limits'
export { type RedisReplayStoreOptions, redisReplayStore } from '@mintmark/limits/redis'
export {
  type Administration,
  type AdministrationOptions,
  openAdministration,
} from './administration.ts'
export type { AuditOperations, AuditQuery } from './audit/audit-operations.ts'
export type { AuditOrigin, AuditRecord } from './audit/audit-record.ts'
export type { AuditFault, AuditVerdict } from './audit/audit-verification.ts'
export {
  type BackupOptions,
  type RestoreOptions,
  restoreBackup,
  writeBackup,
} from './backup/backup.ts'
export { BackupError, type BackupErrorCode } from './backup/backup-error.ts'
export { type BindAddress, bindServer, ListenError } from './bind-server.ts'
export type { ClientCertificateOptions } from './client-authentication/certificates/client-certificate-header.ts'
export type {
  FederatedSubject,
  FederationKind,
  IdentityDifference,
  RegisteredIdentity,
} from './client-authentication/federation/federated-claims.ts'
export {
  type FederationSimulation,
  type SimulatedServer,
  simulateFederation,
} from './client-authentication/federation/federation-simulation.ts'
export type {
  IdentityFinding,
  IdentityFindingCode,
} from './client-authentication/federation/identity-finding.ts'
export { lintFederatedIdentity } from './client-authentication/federation/identity-lint.ts'
export type { ImportedHashViolation } from './client-authentication/imported-secrets/imported-hash.ts'
export { importedHashText } from './client-authentication/imported-secrets/imported-hash-spellings.ts'
export {
  type AuthorizationServer,
  createAuthorizationServer,
} from './create-authorization-server.ts'
export type { DeclarationOperations, ExportOptions } from './declaration/declaration-operations.ts'
export type {
  DeclarationOptions,
  DeclaredClient,
  DeclaredRegistry,
  DeclaredSecret,
  PlanStep,
  RegistryPlan,
} from './declaration/declared-registry.ts'
export {
  type DeclarationReading,
  readDeclaration,
  type SecretLookUp,
  type SecretReference,
} from './declaration/read-declaration.ts'
export { declarationMessage, writeDeclaration } from './declaration/write-declaration.ts'
export { type DialectName, dialectNames } from './dialect.ts'
export type { AuthorizationServerEvent, EndpointName } from './events.ts'
export type { StopOptions } from './graceful-stop.ts'
export type { FetchConnection, FetchListener } from './http/fetch-listener.ts'
export type { NodeListener } from './http/node-listener.ts'
export {
  type TlsEvent,
  TlsFilesError,
  type TlsOptions,
} from './http/tls-server.ts'
export type { ImportedRegistry, ImportOptions, SkippedClient } from './import/imported-registry.ts'
export { type ImportSource, importSources, readExport } from './import/read-export.ts'
export {
  type ConnectionTimeouts,
  type ListenOptions,
  listen,
  type RunningServer,
} from './listen.ts'
export type { AuthorizationServerOptions } from './options.ts'
export type { RefusalReason } from './refusal.ts'
export type { RefusalDetail } from './refusals/refusal-detail.ts'
export { explainRefusal, type RefusalExplanation } from './refusals/refusal-explanation.ts'
export { type OpenedReference, refusalReferencePrefix } from './refusals/refusal-reference.ts'
export type {
  RegistrationAccess,
  RegistrationOptions,
} from './registration/registration-options.ts'
export {
  type AuthenticationMethod,
  authenticationMethods,
  type Client,
  type ClientSecretSummary,
  type Grant,
} from './registry/client.ts'
export type { ClientDraft, ClientPatch } from './registry/client-draft.ts'
export type { ClientOperations, ClientQuery, CreatedClient } from './registry/client-operations.ts'
export type { SecretEnvironment } from './registry/client-secret.ts'
export type {
  CertificateIdentity,
  ClientSettings,
  FederatedIdentity,
  Quota,
  SenderConstraint,
  ShadowablePolicy,
} from './registry/client-settings.ts'
export type { GrantDraft } from './registry/grant-draft.ts'
export type { Patch } from './registry/patch.ts'
export {
  openRegistry,
  type Registry,
  type RegistryOperations,
  type RegistryOptions,
} from './registry/registry.ts'
export {
  describeRegistryViolation,
  isRegistryViolation,
  type Registered,
  type RegistryViolation,
} from './registry/registry-violation.ts'
export type { ChangeActor } from './registry/registry-world.ts'
export type { RegisteredResource, Resource, ResourceSettings } from './registry/resource.ts'
export type { ResourceDraft, ResourcePatch } from './registry/resource-draft.ts'
export type { ResourceChangeOptions, ResourceOperations } from './registry/resource-operations.ts'
export type { SecretDraft, SecretPatch } from './registry/secret-draft.ts'
export type {
  AddedSecret,
  RetirementOptions,
  SecretOperations,
} from './registry/secret-operations.ts'
export type { SecretLastUse, SecretReport } from './registry/secret-report.ts'
export type { RetirementVerdict } from './registry/secret-retirement.ts'
export type { VersionCondition } from './registry/version.ts'
export type {
  FailureRates,
  LimiterGround,
  LimiterMaker,
  RequestLimitOptions,
  RequestRate,
} from './request-limits/request-limit-options.ts'
export {
  type CompromiseDrill,
  type CompromiseDrillOptions,
  type DrillTimes,
  drillKeyCompromise,
} from './signing-keys/compromise-drill.ts'
export type { CompromisedKey } from './signing-keys/compromise-key.ts'
export type { ExternalSigner } from './signing-keys/external-signer.ts'
export {
  type KeyAdministration,
  type KeyAdministrationOptions,
  type KeyRotationRequest,
  type OpenKeyAdministration,
  openKeyAdministration,
} from './signing-keys/key-administration.ts'
export type { SigningKeyState } from './signing-keys/key-schedule.ts'
export type { KeyRotation, KeyRotationSchedule } from './signing-keys/key-work.ts'
export type { RotatedKey } from './signing-keys/rotate-key.ts'
export type { SigningKeySummary } from './signing-keys/signing-key-summary.ts'
export type {
  ClientRecord,
  RevocationEpoch,
  RevocationRecord,
  SecretRecord,
  SigningKeyRecord,
} from './storage/records.ts'
export { sqlite } from './storage/sqlite/sqlite.ts'
export {
  type Storage,
  StorageError,
  type StorageErrorCode,
  type StorageSession,
  type StoredState,
} from './storage/storage.ts'
export { type ClientDiscipline, joinDisciplines } from './telemetry/cache-discipline.ts'
export { durationMetric, type Metric, metricTable, type Sample } from './telemetry/metric-table.ts'
export type { DurationCounts } from './telemetry/request-durations.ts'
export { type Count, type ServerReport, sumOfReports } from './telemetry/server-report.ts'
export type { TokenOperations } from './tokens/token-operations.ts'
