/**
 * The one connection to Redis of a process that serves.
 *
 * Nothing waits in it while Redis is away: whoever asks hears that at once, and does what it was told to do then.
 */
import type { Redis } from 'ioredis'
import { redisRetryMsMax } from './limits.ts'

/** A connection that is not open yet. @param url - May contain credentials, so it is never shown. */
export async function redisConnection(url: string): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    ...{ lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false },
    ...{
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, redisRetryMsMax),
    },
  })
  // Whoever asks tells of outages; every failed attempt to connect would be told here.
  redis.on('error', () => undefined)
  return redis
}
