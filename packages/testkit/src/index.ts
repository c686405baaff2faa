export type {
  BrokenSenderRule,
  SenderCase,
  SenderClass,
  SenderRequest,
} from './attack-senders/sender-case.ts'
export {
  type AdmitsSender,
  createSenderCorpus,
  runSenderCorpus,
  type SenderCorpus,
  type SenderCorpusOptions,
  type SenderOutcome,
} from './attack-senders/sender-corpus.ts'
export type {
  AttackCase,
  AttackClass,
  AttackRequest,
  BrokenRule,
} from './attack-tokens/attack-case.ts'
export {
  type AttackCorpus,
  type AttackCorpusOptions,
  createAttackCorpus,
} from './attack-tokens/attack-corpus.ts'
export { headerWords } from './attack-tokens/header-texts.ts'
export { type MutatedToken, mutatedToken } from './attack-tokens/mutated-token.ts'
export {
  type AdmitsRequest,
  type AttackOutcome,
  type AttackReport,
  runAttackCorpus,
} from './attack-tokens/run-attacks.ts'
export { type CaddyServer, startCaddy } from './caddy/caddy-server.ts'
export { characters } from './characters.ts'
export { eventLoopTurns } from './event-loop.ts'
export { eventually } from './eventually.ts'
export { FakeClock, type FakeClockOptions } from './fake-clock.ts'
export {
  type FixtureCertificate,
  fixtureAuthority,
  otherPartnerCertificate,
  partnerCertificate,
  serverCertificate,
  strangerCertificate,
} from './fixture-certificates.ts'
export { attackerKeys, fixtureKeys } from './fixture-keys.ts'
export { jsonResponse } from './json-response.ts'
export {
  LimiterModel,
  type ModelPurpose,
  type ModelState,
  type ModelVerdict,
} from './limiter-model.ts'
export { type LoopbackServer, responderListener, startLoopbackServer } from './loopback-server.ts'
export {
  type MemorySharedStore,
  memorySharedStore,
  type OperationFault,
  type PublicationFault,
  type StoreFaults,
  type StoreOperation,
} from './memory-shared-store.ts'
export { networkFailure } from './network-failure.ts'
export { type NginxFiles, type NginxServer, startNginx } from './nginx/nginx-server.ts'
export {
  type PostgresServer,
  type PostgresServerOptions,
  startPostgresServer,
} from './postgres/postgres-server.ts'
export { freePort } from './processes/free-port.ts'
export type { RedisMonitor, RedisProcess } from './redis/redis-process.ts'
export {
  type RedisCluster,
  type RedisSentinelGroup,
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
} from './redis/redis-servers.ts'
export { reroutedTransport } from './rerouted-transport.ts'
export {
  type ScriptedTokenEndpoint,
  type ScriptedTokenEndpointOptions,
  scriptedTokenEndpoint,
} from './scripted-token-endpoint.ts'
export {
  createScriptedTransport,
  type RecordedRequest,
  type Responder,
  type ScriptedTransport,
} from './scripted-transport.ts'
export { findSecret } from './secret-scan.ts'
export { seededRandom } from './seeded-random.ts'
export { sharedStoreContract } from './shared-store-contract/shared-store-contract.ts'
export type { ContractCase, StoreWorld } from './shared-store-contract/store-world.ts'
export { type Overrides, some } from './some.ts'
export { type Auth0StandInOptions, auth0StandIn } from './stand-ins/auth0.ts'
export { type CognitoStandInOptions, cognitoStandIn } from './stand-ins/cognito.ts'
export { type CredicorpStandInOptions, credicorpStandIn } from './stand-ins/credicorp.ts'
export { type EntraStandInOptions, entraStandIn } from './stand-ins/entra.ts'
export { firstyApi, firstyStandIn } from './stand-ins/firsty.ts'
export { type KeycloakStandInOptions, keycloakStandIn } from './stand-ins/keycloak.ts'
export { type MyparcelStandInOptions, myparcelApi, myparcelStandIn } from './stand-ins/myparcel.ts'
export { type OktaStandInOptions, oktaStandIn } from './stand-ins/okta.ts'
export type { ReceivedTokenRequest } from './stand-ins/received-token-request.ts'
export type { KnownClient, StandIn, StandInOptions } from './stand-ins/stand-in.ts'
export { the } from './the.ts'
export { transparentSealing } from './transparent-sealing.ts'
