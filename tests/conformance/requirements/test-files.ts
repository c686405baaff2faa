/** The test files that the tables cite most. */
import { because, testsIn } from './requirement.ts'

const server = 'packages/authorization-server/test'
const client = 'packages/client/test'
const guard = 'packages/resource-server/test'

export const rfc6749Test = testsIn('tests/conformance/rfc6749.test.ts')
export const rfc7009Test = testsIn('tests/conformance/rfc7009.test.ts')
export const rfc7523Test = testsIn('tests/conformance/rfc7523.test.ts')
export const rfc7662Test = testsIn('tests/conformance/rfc7662.test.ts')
export const rfc8414Test = testsIn('tests/conformance/rfc8414.test.ts')
export const rfc8705Test = testsIn('tests/conformance/rfc8705.test.ts')
export const rfc8707Test = testsIn('tests/conformance/rfc8707.test.ts')
export const rfc9068Test = testsIn('tests/conformance/rfc9068.test.ts')
export const rfc9449Test = testsIn('tests/conformance/rfc9449.test.ts')
export const hostileCredentials = testsIn('tests/conformance/hostile/credentials.ts')
export const hostileLines = testsIn('tests/conformance/hostile/request-lines.ts')
export const thirdPartyServers = testsIn('tests/system/third-party-servers.test.ts')
export const thirdPartyClients = testsIn('tests/system/third-party-clients.test.ts')

export const senderConstraint = testsIn('tests/system/sender-constraint.test.ts')
export const certificateBinding = testsIn('tests/system/certificate-binding.test.ts')
export const parsedDetails = testsIn('packages/protocol/test/authorization-details.test.ts')

export const tokenTest = testsIn(`${server}/endpoints/token.test.ts`)
export const refusalsTest = testsIn(`${server}/endpoints/token-refusals.test.ts`)
export const introspectionTest = testsIn(`${server}/endpoints/introspection.test.ts`)
export const introspectionCallers = testsIn(`${server}/endpoints/introspection-callers.test.ts`)
export const opaqueTokens = testsIn(`${server}/endpoints/opaque-tokens.test.ts`)
export const dpopTest = testsIn(`${server}/endpoints/dpop.test.ts`)
export const dpopRefusals = testsIn(`${server}/endpoints/dpop-refusals.test.ts`)
export const proofTarget = testsIn('packages/jwt/test/dpop/proof-target.test.ts')
export const proofNonces = testsIn('packages/jwt/test/dpop/proof-nonces.test.ts')
export const detailsTest = testsIn(`${server}/endpoints/authorization-details.test.ts`)
export const revocationTest = testsIn(`${server}/endpoints/revocation.test.ts`)
export const revocationFeedTest = testsIn(`${server}/endpoints/revocation-feed.test.ts`)
export const documentsTest = testsIn(`${server}/endpoints/public-documents.test.ts`)
export const authenticateTest = testsIn(
  `${server}/client-authentication/secret-authentication.test.ts`,
)
const assertions = `${server}/client-authentication`
export const privateKeyJwt = testsIn(`${assertions}/assertions/private-key-jwt.test.ts`)
export const legacyAudience = testsIn(`${assertions}/assertions/legacy-audience.test.ts`)
export const assertionReplay = testsIn(`${assertions}/replay/assertion-replay.test.ts`)
export const replayLedger = testsIn('packages/limits/test/replay/replay-ledger.test.ts')
export const mutualTls = testsIn(`${assertions}/certificates/mutual-tls.test.ts`)
export const certificateNames = testsIn(`${assertions}/certificates/certificate-names.test.ts`)
export const certificateHeader = testsIn(
  `${assertions}/certificates/client-certificate-header.test.ts`,
)
export const failedAttempts = testsIn(`${server}/request-limits/failed-attempts.test.ts`)
export const clientLimits = testsIn(`${server}/request-limits/client-limits.test.ts`)
export const clientSecretTest = testsIn(`${server}/registry/client-secret.test.ts`)
export const registryTest = testsIn(`${server}/registry/registry.test.ts`)
export const updatesTest = testsIn(`${server}/registry/updates.test.ts`)

export const issuerTest = testsIn('packages/protocol/test/issuer.test.ts')
export const metadataTest = testsIn('packages/protocol/test/server-metadata.test.ts')
export const tokenResponseTest = testsIn('packages/protocol/test/token-response.test.ts')
export const tokenVerdicts = testsIn('packages/protocol/test/token-response-verdicts.test.ts')
export const claimsTest = testsIn('packages/jwt/test/claims.test.ts')
export const jwkSetTest = testsIn('packages/jwt/test/jwk-set.test.ts')

export const discoveryTest = testsIn(`${client}/discovery.test.ts`)
export const originPolicyTest = testsIn(`${client}/origin-policy.test.ts`)
export const judgementTest = testsIn(`${client}/token-judgement.test.ts`)
export const clientSecrets = testsIn(
  `${client}/client-authentication/client-authentication.test.ts`,
)
export const signedAssertions = testsIn(`${client}/client-authentication/private-key-jwt.test.ts`)
export const dpopBinding = testsIn(`${client}/sender-binding/dpop-binding.test.ts`)

export const boundRequests = testsIn(`${client}/sender-binding/token-endpoint-proofs.test.ts`)
export const dpopNonces = testsIn(`${client}/sender-binding/nonces.test.ts`)

export const presentedTokenTest = testsIn(`${guard}/presented-token.test.ts`)
export const verdictTest = testsIn(`${guard}/token-verdict.test.ts`)
export const refusalResponseTest = testsIn(`${guard}/refusal-response.test.ts`)

export const noUsers = because('there is no resource owner, no authorization endpoint and no code')
export const noRenewalTokens = because('there are no refresh tokens: this is for machines')
export const noPublicClients = because(
  'every client is confidential; no public one can be registered',
)
