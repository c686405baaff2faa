/** What can go wrong with a revocation feed, from finding it to believing it. */
import type { FeedFetchFailure } from './fetched-feed.ts'
import type { FeedRefusal } from './verified-feed.ts'

/** Why an attempt to learn what is revoked failed. */
export type FeedFailure =
  | FeedFetchFailure
  | FeedRefusal
  /** Neither the options nor the issuer's metadata say where the feed is. */
  | 'feed_not_found'
  | 'deadline_exceeded'
  /** The version is below that of a document which is still valid. */
  | 'rolled_back'
  /** The issuer says that nothing has changed, but what it said last is not valid any more. */
  | 'expired'
