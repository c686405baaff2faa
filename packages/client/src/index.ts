export type { AccessToken } from './access-token.ts'
export type {
  ClientAuthentication,
  PresentedCredential,
} from './client-authentication/client-authentication.ts'
export {
  type ClientSecretBasicOptions,
  clientSecretBasic,
} from './client-authentication/client-secret-basic.ts'
export { clientSecretJson } from './client-authentication/client-secret-json.ts'
export { clientSecretPost } from './client-authentication/client-secret-post.ts'
export type { SecretSource } from './client-authentication/secret-source.ts'
export { createTokenClient } from './create-token-client.ts'
export type { Decision } from './decision-log.ts'
export type {
  CircuitSubject,
  RenewalTrigger,
  TokenClientEvent,
  TokenRequestLabel,
} from './events.ts'
export type { FailureCode, FailureKind } from './failure.ts'
export type { RenewalWindow } from './lifetime.ts'
export type { TokenClientOptions } from './options.ts'
export type { PresetName } from './presets.ts'
export type {
  Authorization,
  RequestToAuthorize,
  ResourceAnswer,
} from './request-authorizer.ts'
export type { TokenStore } from './shared-store/token-store.ts'
export { TokenAcquisitionError } from './token-acquisition-error.ts'
export type { TokenCallOptions } from './token-call-options.ts'
export type { TokenClient, TokenRequestOptions } from './token-client.ts'
export type { UnauthorizedReason } from './unauthorized-decision.ts'
