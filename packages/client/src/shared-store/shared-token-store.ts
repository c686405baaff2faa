/** Makes a store of shared tokens out of a driver, which knows a store, and a sealing, which knows the keys. */
import { checkNames, numberWithin, portValue } from '@mintmark/runtime'
import { storeDeadlineMs, waitMsMax } from '../limits.ts'
import { StoreMember } from './fleet-member.ts'
import type { Sealing } from './sealing.ts'
import type { SharedStore } from './shared-store.ts'
import type { TokenStore } from './token-store.ts'

/** What a store of shared tokens is made of. */
export interface SharedTokenStoreOptions {
  readonly driver: SharedStore
  readonly sealing: Sealing
  /**
   * How long one operation may take before this process goes on without the store, in milliseconds, 1 to 600,000.
   * Default 250.
   */
  readonly deadlineMs?: number
}

/**
 * Makes a store of shared tokens.
 *
 * Does no I/O. The driver hears publications for as long as a client that joined is not disposed of; it is never
 * closed, since another client may join later.
 *
 * @throws TypeError for an unknown, missing or malformed option; RangeError for a deadline out of range.
 */
export function sharedTokenStore(options: SharedTokenStoreOptions): TokenStore {
  checkNames(options, ['driver', 'sealing', 'deadlineMs'])
  const driver = portValue('driver', options.driver, ['read', 'acquire', 'write', 'subscribe'])
  const sealing = portValue('sealing', options.sealing, ['nameOf', 'seal', 'open'])
  const deadlineMs = numberWithin('deadlineMs', options.deadlineMs ?? storeDeadlineMs, 1, waitMsMax)
  return { join: (parts) => new StoreMember({ driver, sealing, deadlineMs }, parts) }
}
