export { eventLoopTurns } from './event-loop.ts'
export { FakeClock, type FakeClockOptions } from './fake-clock.ts'
export { attackerKeys, fixtureKeys } from './fixture-keys.ts'
export { jsonResponse } from './json-response.ts'
export { type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
export { networkFailure } from './network-failure.ts'
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
export { type Overrides, some } from './some.ts'
export { the } from './the.ts'
