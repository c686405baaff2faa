/** The limits of a server from its options. */
import type { Clock, Observer, RandomSource } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import type { ProxyOptions, RequestPolicies } from './request-limit-options.ts'
import { RequestLimits } from './request-limits.ts'

/** The options that concern them. */
export interface LimitingOptions extends ProxyOptions {
  readonly limits: RequestPolicies
  readonly clock: Clock
  readonly random: RandomSource
}

/** Makes them; nodes with one master key name what they share alike. */
export function openRequestLimits(
  options: LimitingOptions,
  masterKey: Uint8Array,
  observer: Observer<AuthorizationServerEvent>,
): RequestLimits {
  const { limits, clock, random } = options
  const namingSecret = deriveKey(masterKey, 'limit names')
  return new RequestLimits({
    ...{ policies: limits, proxies: options, clock, random, observer, namingSecret },
  })
}
