export type { AccessTokenClaims, Actor, Confirmation } from './access-token-claims.ts'
export {
  type AuthorizationDetail,
  commonDetailMembers,
  isDetails,
  parseAuthorizationDetails,
} from './authorization-details.ts'
export {
  type BasicCredentials,
  type BasicEncoding,
  type BasicViolation,
  parseBasicCredentials,
  parseBasicReadings,
  serialiseBasicCredentials,
} from './basic-credentials.ts'
export { type BodyCredentials, readBodyCredentials } from './body-credentials.ts'
export { type Challenge, parseChallenges, serialiseChallenge } from './challenge.ts'
export {
  type CertificateEncoding,
  certificateEncodings,
  createCertificateReader,
  parseClientCertificate,
  parseEscapedCertificate,
} from './client-certificate.ts'
export {
  type BearerErrorCode,
  bearerErrorStatus,
  isErrorText,
  type RevocationErrorCode,
  type TokenErrorCode,
  tokenErrorStatus,
} from './error-codes.ts'
export {
  type FormPair,
  type FormViolation,
  formDecode,
  formEncode,
  parseForm,
  serialiseForm,
} from './form.ts'
export {
  type ActiveClaims,
  type IntrospectionRequest,
  type IntrospectionResponse,
  type IntrospectionViolation,
  inactive,
  parseIntrospectionRequest,
  parseIntrospectionResponse,
  readIntrospectionResponse,
  serialiseActive,
} from './introspection.ts'
export {
  type IssuerIdentifier,
  type IssuerViolation,
  isConfidentialUrl,
  isLoopbackHost,
  type MetadataKind,
  metadataUrl,
  parseIssuer,
} from './issuer.ts'
export {
  isJsonObject,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
  type JsonViolation,
  member,
  parseJsonObject,
  textMember,
} from './json-object.ts'
export {
  type Parameters,
  type ParameterViolation,
  parametersFromForm,
  parametersFromJson,
  serialiseJsonParameters,
} from './parameters.ts'
export { accepted, type Parsed, refused } from './parsed.ts'
export { type AccessTokenValue, type ClientSecret, Redacted, redact } from './redacted.ts'
export {
  parseRevocationRequest,
  type RevocationRequest,
} from './revocation.ts'
export {
  type FeedClaims,
  type FeedViolation,
  parseFeedContent,
  type RevocationFeed,
  type RevocationFeedDraft,
  type RevokedClient,
  readFeedClaims,
  revocationFeedType,
  serialiseFeed,
  serialiseFeedContent,
  splitFeed,
} from './revocation-feed.ts'
export {
  decodeRevokedTokens,
  encodeRevokedTokens,
  type RevokedToken,
  type RevokedTokens,
  type RevokedTokensViolation,
  revokedTokenName,
} from './revoked-tokens.ts'
export {
  covers,
  emptyScope,
  intersection,
  parseScope,
  type ScopeSet,
  type ScopeViolation,
  scopeOf,
  union,
} from './scope.ts'
export {
  type MetadataViolation,
  type PublishedMetadata,
  parsePublishedMetadata,
  parseServerMetadata,
  type ServerMetadata,
  type ServerMetadataDocument,
  serialiseServerMetadata,
} from './server-metadata.ts'
export {
  parseTokenError,
  serialiseTokenError,
  type TokenError,
  type TokenErrorLeniency,
} from './token-error.ts'
export {
  accessTokenType,
  parseSubjectToken,
  type TokenExchangeViolation,
  tokenExchangeGrant,
} from './token-exchange.ts'
export {
  isResourceIndicator,
  parseTokenRequest,
  type TokenRequest,
  type TokenRequestDraft,
  type TokenRequestViolation,
  tokenRequestPairs,
} from './token-request.ts'
export {
  parseTokenResponse,
  serialiseTokenResponse,
  type TokenResponse,
  type TokenResponseDraft,
  type TokenResponseLeniency,
  type TokenResponseViolation,
} from './token-response.ts'
