/** Every bound and default number of this package, each with its reason. */

/** The name of a policy, in characters: it stands in header fields, events and names in Redis. */
export const policyNameLengthMax = 64

/** Longest window of a policy: 31 days, the longest month. */
export const windowSecondsMax = 2_678_400

/** Largest quota of a policy: far above what a client can send in a month. */
export const quotaMax = 1_000_000_000

/**
 * Shortest time per unit, in microseconds. It is rounded up to a whole number, so a policy of 10,000 units a second or
 * fewer is kept to within 1 %, and one of 60 a minute exactly.
 */
export const intervalUsMin = 100

/** Longest time in which a bucket fills up again: a year. Sums with instants since 1970 stay exact in a double. */
export const capacityUsMax = 31_622_400_000_000

/** Policies of one limiter. They come from configuration; names made up per request are a mistake that shows here. */
export const policiesMax = 1_024

/** Buckets of one decision: a ring or two, a quota, and some. */
export const requestsPerCheckMax = 8

/** Characters of a key that tell it apart from others; of a longer one, the rest counts by its length only. */
export const keyLengthMax = 512

/** Keys that a limiter in memory keeps apart for each policy: 16 bytes for each of four places, 64 MB at most. */
export const keysMaxDefault = 1_000_000

/** Upper end of that option: 512 MB. */
export const keysMaxLimit = 8_000_000

/** Places for one key, within which it is searched. Sixteen are 256 bytes, four lines of a processor's cache. */
export const placesPerSet = 16

/** Sets that a table starts with: 4 KiB. */
export const setsAtStart = 16

/**
 * Places for each key that is kept apart. Keys spread unevenly: with four, about one set in a million is too small when
 * all keys are in use at the same time.
 */
export const placesPerKey = 4

/** Old sets that one decision moves to a table that has doubled: it is done after a fraction of its next filling. */
export const setsMovedPerDecision = 8

/** How long one decision in Redis may take. Redis near by answers in less than one; whoever waits is a request. */
export const redisDeadlineMsDefault = 25

/** Upper end of that option: a limit that takes a second protects nothing. */
export const redisDeadlineMsMax = 1_000

/** Granted on top: an event loop that was blocked for so long has not looked yet at the answer that may be there. */
export const redisGraceMs = 1

/** How long a Redis that failed is left alone before it is tried again: first and longest; it doubles between. */
export const redisPauseFirstMs = 250
export const redisPauseMaxMs = 5_000

/** Decisions under way in Redis at the same time. Beyond it a connection is stuck. */
export const redisCommandsMax = 10_000

/** How fast what is known of the clock of Redis is doubted, in milliseconds per millisecond. */
export const redisClockDoubt = 0.01

/** The prefix of all names in Redis, in characters. */
export const redisPrefixLengthMax = 64

/** Names in Redis that are remembered, because making one takes a digest; the oldest goes first. About 3 MB. */
export const bucketNamesMax = 10_000

/** The secret that names are made with, in bytes: fewer can be guessed, more adds nothing. */
export const namingSecretBytesMin = 16
export const namingSecretBytesMax = 64

/** What is added to a waiting time at random, as a share of it, so that clients do not come back together ... */
export const jitterShare = 0.25

/** ... and at most. */
export const jitterMsMax = 30_000

/** The text of an IP address, in characters: an IPv6 address with an embedded IPv4 address has up to 45. */
export const addressLengthMax = 45

/** Trusted networks of one configuration. */
export const trustedProxiesMax = 256

/** Characters at the end of a forwarding header that are looked at: 32 hops of the longest kind. */
export const forwardedLengthMax = 2_048

/** Proxies between a client and us. */
export const forwardedHopsMax = 32

/** Bits of an IPv6 address that tell clients apart by default: what one subscriber or virtual machine gets. */
export const ipv6PrefixBitsDefault = 64

/** Shortest IPv6 prefix to tell clients apart by: shorter is a provider, not a client. */
export const ipv6PrefixBitsMin = 32

/** Keys for which a simulation counts requests, each about 300 bytes. */
export const simulatedKeysMax = 1_000_000

/** Keys in the list of the most refused ones: by default, and at most. */
export const simulatedTopDefault = 20
export const simulatedTopMax = 1_000

/**
 * Used assertions or proofs that one process remembers: 3,000 a second for as long as they may be valid, in about
 * 100 MB.
 */
export const replayEntriesMax = 1_000_000

/**
 * What one holder may have in there, in multiples of what is still free: alone four fifths, two at once four ninths
 * each. So there is always room for who comes next.
 */
export const replayHolderShareOfFree = 4

/** Uses that a store is asked about at once: one transaction of a few milliseconds. */
export const replayBatchMax = 500

/** For how long a store of uses that failed is left alone. */
export const replayPauseMs = 1_000
