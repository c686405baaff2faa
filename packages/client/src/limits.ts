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
 * Callers waiting for a token at the same time. At about 550 bytes each this is 27 MB, and no
 * honest burst is larger.
 */
export const waitersMaxDefault = 50_000

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
 * Waiters are looked through for passed deadlines no more often than this, so that 50,000 of them
 * cost 2 % of a core at most.
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
