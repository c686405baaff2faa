export { type Clock, type Scheduled, type ScheduleOptions, sleep } from './clock.ts'
export { InvariantViolation, invariant } from './invariant.ts'
export { guarded, type Observer, silent } from './observer.ts'
export {
  booleanValue,
  checkNames,
  functionValue,
  integerWithin,
  listWithin,
  numberWithin,
  oneOf,
  portValue,
} from './option-value.ts'
export {
  createIdentifierSource,
  createUniformSource,
  type RandomSource,
  uniform,
} from './random.ts'
export {
  systemBackgroundTransport,
  systemClock,
  systemDiagnostics,
  systemDigest,
  systemRandom,
  systemTransport,
} from './system.ts'
export { type BoundedText, discardBody, readBoundedText, type Transport } from './transport.ts'
