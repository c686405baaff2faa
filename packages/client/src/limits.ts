/**
 * Every bound and default number of this package, each with its reason. What bounds a message
 * itself (scope, token, JSON depth) belongs to `@mintmark/protocol`.
 */

/**
 * A token response. The longest access token read is 16 KiB; four times that leaves room for what
 * servers add.
 */
export const tokenResponseBytesMax = 65_536

/** A metadata document: the same bound in bytes as `@mintmark/protocol` has in characters. */
export const metadataBytesMax = 262_144

/**
 * Keys (client, scope, resource, ...) kept by one client. A service has dozens; one made up per
 * call is bounded.
 */
export const keysMaxDefault = 1_000

/**
 * Upper end of the option: the key to drop is found by a scan, which at 10,000 keys takes about
 * 0.3 ms.
 */
export const keysMaxLimit = 10_000

/**
 * Callers waiting for a token at the same time: a burst of a hundred thousand, and some. One that
 * waits in `token` costs next to nothing, one in `fetch` about 700 bytes: 90 MB at most.
 */
export const waitersMaxDefault = 125_000

/**
 * Upper end of the option: beyond a million, waking the waiters alone would block the event loop
 * for a second.
 */
export const waitersMaxLimit = 1_000_000

/**
 * When a caller refused for overload is told to come back: long enough for one token request to
 * end.
 */
export const overloadedRetryAfterMs = 1_000

/** How long a caller waits for a token when it does not say. */
export const deadlineMsDefault = 10_000

/**
 * How long one token request may take. The same as the deadline: a slower answer would find nobody
 * waiting.
 */
export const tokenRequestTimeoutMsDefault = 10_000

/**
 * Upper end of both options: ten minutes is more than any caller waits, and below the range of
 * system timers.
 */
export const waitMsMax = 600_000

/**
 * Waiters are looked through for passed deadlines no more often than this, so that 50,000 with
 * signals of their own cost 2 % of a core at most. Deadlines of the others are rounded up to it.
 */
export const deadlineGranularityMs = 10

/** Lifetime assumed when a token response gives none. Short enough to be wrong without harm. */
export const lifetimeSecondsDefault = 300

/** Upper end of options that are lifetimes or parts of one: a year. */
export const lifetimeSecondsLimit = 31_536_000

/** Longest safety margin: a token is not attached in its last 30 s ... */
export const marginSecondsMax = 30

/**
 * ... or in the last tenth of its lifetime, whichever is shorter, so that short tokens stay usable.
 */
export const marginShare = 0.1

/** Where the renewal window begins and ends by default, as shares of the lifetime. */
export const renewalShareFromDefault = 0.7
export const renewalShareToDefault = 0.85

/**
 * Part of the usable lifetime that always lies after the renewal instant, so that a renewal has
 * time to arrive ...
 */
export const renewalReserveShare = 0.05

/**
 * ... at most a minute, in which six attempts of ten seconds fit, so that "300 s before expiry" of
 * a day means that.
 */
export const renewalReserveSecondsMax = 60

/**
 * No token is renewed before this share of its lifetime, whatever is asked: at most ten renewals
 * per lifetime.
 */
export const renewalFloorShare = 0.1

/**
 * How long calls are given a token with a look at the wall clock alone: the monotonic one is asked
 * once a second, or twice in a safety margin where that is shorter.
 */
export const clockLookMs = 1_000
export const clockLookMarginShare = 0.5

/**
 * The largest share of a token's usable life that a call can ask for with `minTtlSeconds`: at most
 * ten renewals per lifetime, as above.
 */
export const lifetimeFloorShareMax = 0.9

/**
 * Life that a token must have left for a body that cannot be sent again: a minute, in which a
 * server looks at the token of all but the slowest uploads, or this share of its usable life.
 */
export const streamFloorSeconds = 60
export const streamFloorShare = 0.3

/**
 * Life that a token must have left to authenticate a connection to Kafka: the broker lets the session end with the
 * token (KIP-368), and clients authenticate again some ten seconds ahead of that.
 */
export const kafkaFloorSeconds = 60

/**
 * Below this lifetime a token is renewed on demand only: a background renewal would follow each
 * token at once.
 */
export const backgroundRenewalLifetimeSecondsMin = 2

/**
 * Pauses between failed background renewals: first, longest, and shortest for tokens that live for
 * seconds.
 */
export const renewalPauseFirstMs = 1_000
export const renewalPauseMaxMs = 60_000
export const renewalPauseMinMs = 100

/**
 * A pause is at most this share of the time that was left at the first failure: ten attempts or
 * more fit in.
 */
export const renewalPauseShare = 0.1

/**
 * Pauses between attempts while there is no token and callers ask. Shorter, because each second is
 * felt; at most one request per key in five seconds is nothing to a server that is coming back.
 */
export const demandPauseFirstMs = 250
export const demandPauseMaxMs = 5_000

/**
 * What a client that keeps its tokens warm waits longer, when it has none and nobody waits for one:
 * a server that is coming back has callers to serve first.
 */
export const unaskedPauseMs = 30_000

/**
 * Pause before the one repetition after a connection failed without an answer: a keep-alive socket
 * closed too early.
 */
export const reconnectPauseFromMs = 50
export const reconnectPauseToMs = 150

/**
 * Longest `Retry-After` obeyed. A server that wants more silence than an hour is asked again after
 * an hour.
 */
export const retryAfterMsMax = 3_600_000

/** Characters of a `Retry-After` value: an HTTP date has 29. */
export const retryAfterLengthMax = 64

/** How long a waiting `fetch` waits for an API altogether, in milliseconds: by default, and at most. */
export const apiWaitMsDefault = 30_000
export const apiWaitMsMax = 600_000

/** Least wait before a request is sent again, in milliseconds: an API that says `Retry-After: 0` is not hammered. */
export const apiWaitMsLeast = 100

/** Sendings of one request by a waiting `fetch`: an API that always says `later` is believed the fourth time. */
export const apiSendingsMax = 4

/** Characters of a `RateLimit` value that are read: some twenty policies. */
export const rateLimitLengthMax = 1_024

/** Pauses between probes of a server that refused for good: first and longest. */
export const probePauseFirstMs = 30_000
export const probePauseMaxMs = 300_000

/** Open circuits remembered. Each belongs to a key or a credential; the oldest goes first. */
export const circuitsMax = 10_000

/**
 * How long discovered metadata is used before it is read again: endpoints move once in years,
 * processes live for months.
 */
export const metadataLifetimeMs = 86_400_000

/** How long old metadata goes on being used when reading it again failed. */
export const metadataExtensionMs = 300_000

/**
 * Renewals forced by 401 answers, per key: so many at once, and one more each time the pause has
 * passed. Enough for an operator who revokes tokens by hand, and nothing to a token endpoint.
 */
export const forcedRenewalsMax = 5
export const forcedRenewalPauseMs = 300_000

/**
 * How long a token that replaced a refused one, and was itself refused before it ever worked, is
 * not replaced again. An API that always says 401 costs one token request per minute at most, until
 * the budget above is spent.
 */
export const replacementTrialMs = 60_000

/**
 * How long after the last call a key counts as in use: as long as the longest wait for a token, so
 * that the outage budget does not forget who is waiting.
 */
export const keyInUseMs = 600_000

/** Share of a mint budget at which its event is told: early enough to look for the reason. */
export const mintNearShare = 0.8

/** Upper end of a mint budget: in an hour, 280 token requests a second. */
export const mintBudgetLimit = 1_000_000

/** Events kept for `explain()`: the last few minutes of a client in trouble. About 20 KB. */
export const decisionsKept = 64

/**
 * Resource indicators in one request. RFC 8707 gives no bound; a token for more audiences is a
 * token for anybody.
 */
export const resourcesMax = 32

/** Origins that one list names. */
export const originsMax = 256

/**
 * A client id, audience or parameter value in options, in characters: what fits into one HTTP
 * header.
 */
export const optionTextLengthMax = 2_048

/** A client secret, in characters. A generated one has fewer than a hundred. */
export const secretLengthMax = 4_096

/**
 * How long one operation of a shared store may take. A store in the same data centre answers in one or two; what takes
 * longer than this is no shortcut to a token any more.
 */
export const storeDeadlineMs = 250

/**
 * Granted on top when that time is up: an event loop that was blocked for so long has not looked yet at the answer that
 * may be there.
 */
export const storeGraceMs = 10

/** How long a failed store is left alone before it is probed: first and longest; spread over a quarter more. */
export const storePauseFirstMs = 1_000
export const storePauseMaxMs = 30_000
export const storePauseSpread = 0.25

/**
 * How long a lease is held unless it is extended, which happens each third of that while a token request is under way.
 * What the others wait for a process that died; several times what a busy event loop is late.
 */
export const leaseMsMax = 3_000

/** What a lease outlives the token request by, where requests are given less time than that. */
export const leaseReserveMs = 1_000

/**
 * How often a follower looks at the record itself, in case a publication was lost. Spread over half as much again, and
 * only while a token request of another process is under way.
 */
export const followerLookMs = 1_000
export const followerLookSpread = 0.5

/** Followers that find a lease free again come back within this time, one after the other. */
export const followerJitterMs = 50

/**
 * Pauses of a key after a failure that would meet every process alike: first and longest. As long as those of a single
 * process, so that a fleet asks a server that is down as often as one process would.
 */
export const sharedPauseFirstMs = 250
export const sharedPauseMaxMs = 5_000

/**
 * How long a final failure answers for its key before the credential is looked at again. Callers in a loop then cost
 * the store a few operations per second, and a new credential is noticed at once by human standards.
 */
export const finalHoldMs = 250

/** How long a fleet remembers a circuit: far beyond its longest pause, so that the pauses go on growing. */
export const circuitKeepMs = 3_600_000

/** Fingerprints of refused tokens that are remembered. Tokens that are refused before they end are rare. */
export const tombstonesMax = 1_000

/** How long a record outlives what it holds: longer than a writer is late, so that a late one meets its generation. */
export const recordGraceMs = 3_600_000

/** Tombstones kept with one record, the newest. A token is refused once; several at a time are an operator at work. */
export const tombstonesPerRecordMax = 16

/**
 * How long a command to Redis may take, and after which it has no effect any more. The fleet waits less long; this
 * bounds what is left behind.
 */
export const redisCommandTimeoutMs = 1_000

/** Commands under way at the same time. Beyond it a connection is stuck, and what is added only uses memory. */
export const redisCommandsMax = 10_000

/** How long an attempt to listen to Redis may take. What takes longer is a server that accepts and never answers. */
export const listenTimeoutMs = 10_000

/** Pauses between attempts to listen to Redis again: first and longest; spread over as much again. */
export const listenPauseFirstMs = 100
export const listenPauseMaxMs = 5_000

/**
 * How fast what is known of the clock of a store is doubted, in milliseconds per millisecond: clocks drift apart by a
 * hundredth of this at most, and a step backwards is forgotten in minutes.
 */
export const storeClockDoubt = 0.01

/** Idle time after which the connection that listens is checked by TCP, since nothing else would find it dead. */
export const listenKeepAliveMs = 10_000

/** The prefix of all names in Redis, in characters. */
export const redisPrefixLengthMax = 64

/** Keys in the ring that seals shared entries. A rotation needs two; more are left over from rotations not finished. */
export const ringKeysMax = 16

/** How long a lease is taken for to seal an entry anew: two commands, and then it is given up. */
export const resealLeaseMs = 1_000

/** The id of such a key, in characters. */
export const keyIdLengthMax = 64

/**
 * A sealed entry, in characters. The longest access token that is read (16 KiB), what belongs to it and the padding
 * take half of this in base64url; anything longer in a store is not ours.
 */
export const sealedLengthMax = 65_536

/**
 * A nonce that a server wants in proofs (RFC 9449 section 8.1), in characters. Honest ones have 20 to 200; each goes
 * into every proof to that origin, in a header.
 */
export const nonceLengthMax = 512

/** Origins whose nonce is remembered: as many as one list of origins names. */
export const nonceOriginsMax = 256

/** Objects in one `authorization_details` (RFC 9396). The standard gives no bound; as for resource indicators. */
export const authorizationDetailsMax = 32

/** Deepest nesting in `authorization_details`; the examples of RFC 9396 have 4. */
export const authorizationDetailsDepthMax = 16

/** `authorization_details` as text, in characters: percent-encoded it still fits into our server's largest form. */
export const authorizationDetailsLengthMax = 8_192

/** Credentials of one client at the same time. A rotation needs two; more are left over from rotations not finished. */
export const credentialsMax = 4

/**
 * How long the first use of a credential makes the other keys wait. A server that takes longer to refuse is asked more
 * than once, which is better than a start-up that takes as long as its slowest answer.
 */
export const credentialTrialMsMax = 2_000

/** A clock skew that nobody needs to correct: answers tell the time in seconds, and servers allow for some. */
export const clockSkewIgnoredMs = 2_000

/** A clock skew that an operator should hear of: above what servers usually allow for. */
export const clockSkewAlarmMs = 30_000

/** How long a client assertion is good for when nobody says: it is made for one request, and sent at once. */
export const assertionLifetimeSecondsDefault = 60

/** Upper end of the option: servers that bound it accept five minutes. */
export const assertionLifetimeSecondsMax = 300

/** A client assertion or private key from a source, in characters: far above any, far below a file given by mistake. */
export const credentialTextLengthMax = 65_536

/** RFC 7518 sections 3.3 and 3.5: an RSA key of 2048 bits or larger must be used. */
export const rsaModulusBitsMin = 2_048

/** A file with a credential, in bytes: the same bound. */
export const textFileBytesMax = 65_536

/**
 * Of the body of a refused answer, this much is read and dropped to keep its connection: an error document is far
 * shorter. A longer one costs the connection.
 */
export const discardedBytesMax = 65_536
