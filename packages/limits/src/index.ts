export { addressKey } from './address-key.ts'
export { type Cidr, contains, parseCidr } from './cidr.ts'
export {
  type ClientAddress,
  type ClientAddressOptions,
  type ClientAddressReader,
  clientAddressReader,
} from './client-address.ts'
export type { LimitEvent, RedisTrouble, ReplayEvent } from './events.ts'
export {
  type Attempt,
  createFailureRing,
  type FailureRing,
  type FailureRingOptions,
} from './failure-ring.ts'
export type { ForwardingHeader } from './forwarded-hops.ts'
export type { BucketState } from './gcra.ts'
export { formatIpAddress, type IpAddress, parseIpAddress } from './ip-address.ts'
export {
  type LimitPolicy,
  type LimitPolicyOptions,
  limitPolicy,
  type PolicyMode,
  shareOf,
} from './limit-policy.ts'
export { type LimitProblem, limitProblem, refusalStatus } from './limit-problem.ts'
export type {
  Limiter,
  LimitRequest,
  LimitVerdict,
  MaybePromise,
  VerdictBasis,
} from './limiter.ts'
export { type MemoryLimiter, type MemoryLimiterOptions, memoryLimiter } from './memory-limiter.ts'
export { type HeaderField, rateLimitHeaders } from './rate-limit-headers.ts'
export {
  type BegunUse,
  createReplayLedger,
  type ReplayFailMode,
  type ReplayLedger,
  type ReplayLedgerParts,
  type ReplayVerdict,
  replayFailModes,
} from './replay/replay-ledger.ts'
export type { ReplayEntry, ReplayStore } from './replay/replay-store.ts'
export {
  type AccessLogEntry,
  RingSimulation,
  type SimulatedKey,
  type SimulatedRing,
  type SimulatedRings,
  type SimulationReport,
  simulateRings,
} from './ring-simulation.ts'
export {
  createRings,
  type PartnerPolicies,
  type RingOptions,
  type RingRequest,
  type Rings,
  type RingVerdict,
} from './rings.ts'
