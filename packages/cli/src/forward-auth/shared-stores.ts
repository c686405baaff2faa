/** Whether what several guards share can be asked at the moment, as its events tell. */
import type { GuardServerEvent } from './guard-log.ts'

/** What is kept in Redis. */
export type SharedStore = 'limits' | 'proofs'

/** Follows it. */
export interface SharedStores {
  /** Takes note of an event. @returns What is to be said about it, if it is about a store. */
  notice(event: GuardServerEvent): string | undefined
  /** Those that cannot be asked. */
  away(): ReadonlySet<SharedStore>
}

/** Starts with everything there: an outage is noticed by whoever asks. */
export function followSharedStores(): SharedStores {
  const away = new Set<SharedStore>()
  return {
    away: () => away,
    notice(event) {
      switch (event.type) {
        case 'shared_limits_unavailable':
          away.add('limits')
          return 'Redis cannot be asked; limits are as --when-redis-unavailable says'
        case 'shared_limits_recovered':
          away.delete('limits')
          return `Redis answers again, after ${Math.round(event.awaySeconds)} s; limits are shared`
        case 'replay_store_unavailable':
          away.add('proofs')
          return 'Redis cannot be asked; DPoP proofs are as --when-proof-store-unavailable says'
        case 'replay_store_recovered':
          away.delete('proofs')
          return 'Redis answers again; used DPoP proofs are shared'
        default:
          return undefined
      }
    },
  }
}
