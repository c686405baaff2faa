export type { AccessToken } from './access-token.ts'
export type { AuthorizationDetail } from './authorization-details.ts'
export type { AuthorizedFetch, AuthorizedRequestInit } from './authorized-fetch.ts'
export type { AssertionOptions, AssertionType } from './client-authentication/assertion-options.ts'
export { type AssertionSource, clientAssertion } from './client-authentication/client-assertion.ts'
export type {
  AuthenticationAttempt,
  AuthenticationMethod,
  ClientAuthentication,
  Credential,
  PresentedCredential,
} from './client-authentication/client-authentication.ts'
export {
  type ClientSecretBasicOptions,
  clientSecretBasic,
} from './client-authentication/client-secret-basic.ts'
export { clientSecretJson } from './client-authentication/client-secret-json.ts'
export {
  type ClientSecretJwtOptions,
  clientSecretJwt,
  type MacAlgorithm,
} from './client-authentication/client-secret-jwt.ts'
export { clientSecretPost } from './client-authentication/client-secret-post.ts'
export type {
  PrivateCryptoKey,
  PrivateKey,
  PrivateKeySource,
} from './client-authentication/private-key.ts'
export {
  type PrivateKeyJwtOptions,
  privateKeyJwt,
} from './client-authentication/private-key-jwt.ts'
export type { SecretSource } from './client-authentication/secret-source.ts'
export {
  selfSignedTlsClientAuth,
  tlsClientAuth,
} from './client-authentication/tls-client-auth.ts'
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
export type { MintBudgetOptions } from './lifetime-options.ts'
export type { TokenClientOptions } from './options.ts'
export type { PresetName } from './presets/presets.ts'
export type {
  Authorization,
  RequestToAuthorize,
  ResourceAnswer,
} from './request-authorizer.ts'
export type { BindingOptions } from './sender-binding/binding-options.ts'
export type { CertificateBinding } from './sender-binding/certificate-binding.ts'
export { dpop } from './sender-binding/dpop.ts'
export type { DpopOptions } from './sender-binding/dpop-options.ts'
export type {
  RequestToProve,
  SenderBinder,
  SenderBinding,
  SenderBindingParts,
} from './sender-binding/sender-binding.ts'
export type { TokenStore } from './shared-store/token-store.ts'
export { TokenAcquisitionError } from './token-acquisition-error.ts'
export type { TokenCallOptions } from './token-call-options.ts'
export type { TokenClient, TokenRequestOptions } from './token-client.ts'
export type { UnauthorizedReason } from './unauthorized-decision.ts'
