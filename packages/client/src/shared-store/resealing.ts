/**
 * Lazy rotation: a driver that seals entries anew when it meets one whose key is on its way out of the ring, so that
 * dropping the old key costs no token request, however long the token of the entry still lives.
 *
 * The entry is written under a lease like any other. Without one, it could overtake the token that somebody has just
 * asked for.
 */
import { createIdentifierSource, type RandomSource, systemRandom } from '@mintmark/runtime'
import { resealLeaseMs } from '../limits.ts'
import type { RingSealing } from './sealing.ts'
import type { SharedRecord, SharedStore } from './shared-store.ts'

/** Makes `driver` seal anew, in the background, what it reads. */
export function resealing(
  driver: SharedStore,
  sealing: RingSealing,
  random: RandomSource = systemRandom,
): SharedStore {
  const nextOwner = createIdentifierSource(random)

  const renew = async (name: string, record: SharedRecord): Promise<void> => {
    const { generation, sealed } = record
    if (sealed === undefined || record.leaseRemainingMs > 0) return
    const resealed = await sealing.resealed(name, generation, sealed)
    if (resealed === undefined) return
    const owner = nextOwner()
    const { isAcquired, record: now } = await driver.acquire(name, owner, resealLeaseMs)
    if (!isAcquired) return
    const { remainingMs } = now
    if (now.sealed === sealed) {
      // In the name of nobody, so that the lease is given up by `release`, which wakes who waits for it.
      await driver.write(name, { owner: '', generation, sealed: resealed, lifetimeMs: remainingMs })
    }
    await driver.release(name, owner)
  }
  return {
    ...driver,
    read: async (name) => {
      const record = await driver.read(name)
      // What fails here is tried again by the next one who reads.
      renew(name, record).catch(() => {})
      return record
    },
  }
}
