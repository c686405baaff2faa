/**
 * Every bound of the guard, each with its reason. What bounds a token itself (length, depth, members) belongs to
 * `@mintmark/jwt`; what bounds a scope belongs to `@mintmark/protocol`.
 */

/**
 * Characters of a token's end that the verdict cache makes its index of, a number of 30 bits. Sixteen base64url
 * characters of a signature are 96 bits, so nothing is lost that the number had room for; of a million tokens in the
 * cache some five hundred pairs share an index, and judge each other anew when they take turns.
 */
export const indexCharacters = 16

/**
 * What a remembered verdict is charged: so many bytes, and so many for each character of its field. Measured on
 * Node 26, a token of 425 characters with the claims of RFC 9068 takes 1,150 bytes with everything that hangs on it;
 * the charge is a third above that, for claims made of many small values.
 */
export const verdictBytes = 256
export const verdictBytesPerCharacter = 3

/** Default bound of the verdict cache: more than 10,000 tokens of 900 characters, as many as a busy API sees. */
export const verdictCacheBytesDefault = 32 * 1_024 * 1_024

/** Upper end of the option: beyond 1 GiB the map itself, not the bound, decides how long a turn takes. */
export const verdictCacheBytesMax = 1_024 * 1_024 * 1_024

/**
 * How long a key set's word for its verdicts is taken without asking again, in milliseconds. A thirtieth of the
 * shortest lifetime that a key set can have, so it delays no renewal worth speaking of.
 */
export const voucherMs = 1_000

/**
 * Scope requirements remembered in parsed form. They come from code, so a program has dozens; one that makes up
 * requirements per request is parsed anew each time instead of growing the table.
 */
export const scopePoliciesMax = 1_000

/** Different scope claims remembered in parsed form: a registry grants dozens, and more are parsed anew each time. */
export const scopesRememberedMax = 1_000

/** Default clock tolerance: two machines that keep their time by NTP differ by far less than this. */
export const clockToleranceSecondsDefault = 5

/** Widest clock tolerance: more than a minute keeps expired tokens alive instead of forgiving a clock. */
export const clockToleranceSecondsMax = 60

/** Trusted issuers of one guard: each has its own key set and connections; hundreds mean a wildcard in disguise. */
export const issuersMax = 100

/** Audiences of one guard or issuer: each admitted token is compared with all of them. */
export const audiencesMax = 20

/** Characters of an audience, as for any identifier of RFC 7519 that is usually a URL. */
export const audienceLengthMax = 2_048

/** Characters of a realm: it is repeated in every challenge, and header fields are bounded by proxies at 4 KiB. */
export const realmLengthMax = 128

/** Characters of the protected resource metadata URL, for the same reason. */
export const metadataUrlLengthMax = 2_048

/** Server metadata is a few kilobytes even from the most talkative providers. */
export const metadataBytesMax = 256 * 1_024

/** Hexadecimal characters of a token fingerprint: 64 bits tell any two live tokens apart and reveal nothing. */
export const fingerprintCharacters = 16

/**
 * Default pace of the requests for a revocation feed, in seconds from start to start. Together with the half second in
 * which an issuer gathers its news, a revocation is known everywhere within two.
 */
export const feedIntervalSecondsDefault = 1

/** Fastest pace: ten requests a second tell no more than a request that waits. */
export const feedIntervalSecondsMin = 0.1

/** Slowest pace: whoever asks once a minute might as well shorten the lifetime of tokens. */
export const feedIntervalSecondsMax = 60

/** Default of how long a request lets the issuer wait for news: a third of what proxies bear without a word. */
export const feedWaitSecondsDefault = 20

/** Longest such wait: proxies and connections give up after a minute. */
export const feedWaitSecondsMax = 45

/** How long a request for a feed may take beyond its wait: 8 MiB over a slow line. */
export const feedDeadlineMs = 10_000

/** Default of when a feed is stale: six times the wait, so that one request that fails is no news. */
export const feedStaleSecondsDefault = 120

/** Shortest bound: below it a single lost connection would count as an outage. */
export const feedStaleSecondsMin = 5

/** Longest bound: the tokens that a feed is about do not live longer than a day. */
export const feedStaleSecondsMax = 86_400

/** Longest pause between requests that fail: an issuer that is back is noticed within so many milliseconds. */
export const feedPauseMsMax = 8_000

/**
 * Longest validity of a feed that is believed: the authorization server's are valid for ten minutes. For so long a
 * forgery, made with a key that was lost, could keep true documents with lower versions out.
 */
export const feedValiditySecondsMax = 3_600

/** An entity tag is sent back as it came; those of feeds are digests. */
export const entityTagLengthMax = 256

/** `Retry-After`: a number, or a date of 29 characters. */
export const retryAfterLengthMax = 64

/** Longest wait that an issuer is granted: beyond it, a mistake there would keep a guard blind for long. */
export const retryAfterSecondsMax = 300

/** A revocation feed: what `@mintmark/protocol` reads at most, 8 MiB. */
export const feedBytesMax = 8 * 1_024 * 1_024

/**
 * How old the `iat` of a DPoP proof without nonce may be, in seconds, by default and at most, and how far ahead of us.
 * The same as at our token endpoint, so that a client which gets a token can use it. Each proof is remembered that
 * long.
 */
export const proofAgeSecondsDefault = 300
export const proofAgeSecondsMax = 3_600
export const proofAheadSecondsMax = 60

/** Mounts of one API behind its proxies, and the characters of their paths: they come from configuration. */
export const publicPathsMax = 100
export const publicPathLengthMax = 1_024

/** How long a store of used proofs is waited for, in milliseconds: Redis near by answers in less than one. */
export const replayDeadlineMsDefault = 25

/** Upper end of that option: a request waits for it. */
export const replayDeadlineMsMax = 1_000

/** When to come back after that: a store that failed is asked again after a second. */
export const proofStoreRetrySeconds = 1

/** When to come back while no more proofs can be remembered: proofs are forgotten by the minute. */
export const proofFullRetrySeconds = 10

/** Certificates in header fields that are remembered as read: a fleet of that many callers, in about 5 MB. */
export const certificatesRememberedMax = 1_000

/** A name for people, and no text. */
export const resourceNameLengthMax = 256

/** As long as a scope may be that is asked for. */
export const scopesSupportedLengthMax = 4_096

/** Characters of a token that is asked about: what an HTTP server takes in a header field, as for JWTs. */
export const opaqueTokenLengthMax = 8_192

/** An introspection answer, in bytes: what `@mintmark/protocol` reads at most. */
export const introspectionBytesMax = 65_536

/** Default of how long an active answer is used: a revoked token is refused half a minute later at the latest. */
export const introspectionCacheSecondsDefault = 30

/** Longest use of an active answer: an hour is the life of a token that nobody asks about. */
export const introspectionCacheSecondsMax = 3_600

/** Default of how long a no is used: long enough for a client that tries again at once. */
export const introspectionInactiveSecondsDefault = 5

/** Longest use of a no: a token may be known to other nodes of its issuer a moment later. */
export const introspectionInactiveSecondsMax = 60

/** Default of how many questions may be under way: at 20 ms each, 3,200 new tokens in a second. */
export const introspectionConcurrentDefault = 64

/** Most questions under way: beyond it the guard is a load generator. */
export const introspectionConcurrentMax = 1_000

/** Default time for one question: its request waits for it. */
export const introspectionDeadlineMsDefault = 3_000

/** Shortest time for a question: a connection over TLS to another region. */
export const introspectionDeadlineMsMin = 100

/** Longest time for a question: callers have given up by then. */
export const introspectionDeadlineMsMax = 30_000

/** Failures in a row from which nobody asks for a while: one may be chance, five are an outage. */
export const introspectionFailuresMax = 5

/** Shortest pause after that, in milliseconds. */
export const introspectionPauseMsMin = 1_000

/** Longest pause: an issuer that is back is noticed within so many milliseconds. */
export const introspectionPauseMsMax = 15_000

/**
 * How long a JWT that was refused behind its signature is refused without checking that again, in seconds. A client in
 * a loop sends it within milliseconds; a key that comes back, or a clock that is put right, waits no longer than this.
 */
export const refusedJwtSeconds = 5

/** All refused tokens that are remembered, in bytes: about 10,000 of 40 characters. Garbage gains nothing by it. */
export const refusedTokensBytesMax = 2 * 1_024 * 1_024

/** What a refused token is charged besides its characters, in bytes. */
export const refusedTokenBytes = 160

/** Ways for a guard to authenticate, tried in turn: the next credential, the current one, and room for a mistake. */
export const authenticationsMax = 4

/** Characters of the guard's own client id: that of any client. */
export const clientIdLengthMax = 256

/** Bytes of the key that seals receipts: as strong as AES-256 at least, and no file given by mistake. */
export const receiptKeyBytesMin = 32
export const receiptKeyBytesMax = 64

/** Receipts made each second by default: as many as anybody looks up, and a hundredth of a core. */
export const receiptsPerSecondDefault = 100

/** Upper end of that option: beyond it a flood of bad tokens would be paid for in sealing. */
export const receiptsPerSecondMax = 10_000
