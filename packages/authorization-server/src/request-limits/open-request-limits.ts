/** The limits of a server from its options. */
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { CallerAddresses } from '../http/caller-address.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { RequestPolicies } from './request-limit-options.ts'
import { RequestLimits } from './request-limits.ts'

/** The options that concern them. */
export interface LimitingOptions {
  readonly limits: RequestPolicies
  readonly clock: Clock
  readonly random: RandomSource
}

/** Makes them; nodes with one master key name what they share alike. */
export function openRequestLimits(
  { limits: policies, clock, random }: LimitingOptions,
  masterKey: Uint8Array,
  callers: CallerAddresses,
): RequestLimits {
  const namingSecret = deriveKey(masterKey, 'limit names')
  return new RequestLimits({ policies, callers, clock, random, namingSecret })
}
