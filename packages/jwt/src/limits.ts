/**
 * Every bound of this package, each with its reason. Lengths are UTF-16 code units of the text as
 * received, which for the ASCII of a compact token is the same as octets.
 */

/**
 * A compact token. Node's default for all request headers together is 16 KiB; a token that takes
 * more than half of that leaves no room for anything else. Ten times more would be work for a
 * hostile sender before any key is looked at.
 */
export const tokenLengthMax = 8_192

/**
 * A protected header is flat but for `crit` and `x5c`, which are arrays, and `jwk`, an object with
 * arrays.
 */
export const headerDepthMax = 4

/**
 * The first segment of a token, in characters. A usual one has 80; this is what one with a certificate in it takes, and
 * half of a token.
 */
export const headerLengthMax = 4_096

/** Members of a protected header, those of a `jwk` in it included: registered ones are 20, and in use are three. */
export const headerMembersMax = 32

/** Claims: `authorization_details` (RFC 9396) is the deepest in use at six to eight levels. */
export const claimsDepthMax = 16

/**
 * Different header segments remembered as parsed. One per signing key is the norm; a flood replaces
 * the oldest.
 */
export const headersRememberedMax = 256

/**
 * The longest header segment worth remembering, so that the memory stays below 256 KiB. A usual one
 * has 80.
 */
export const rememberedHeaderLengthMax = 512

/** A key identifier in a JWK. A SHA-256 in hexadecimal has 64; longer ones are URLs. */
export const keyIdLengthMax = 512

/** RFC 7518 sections 3.3 and 3.5: a key of 2048 bits or larger must be used. */
export const rsaModulusBitsMin = 2_048

/**
 * Verification time grows with the square of the modulus: 8192 bits cost about 16 times as much as
 * 2048.
 */
export const rsaModulusBitsMax = 8_192

/**
 * The size of RSA keys we make: the smallest allowed, because signing with 3072 bits costs three
 * times as much.
 */
export const rsaModulusBitsGenerated = 2_048

/**
 * A public exponent: 65537 has three octets; a longer exponent than eight only makes verification
 * slow.
 */
export const rsaExponentBytesMax = 8

/**
 * A JWK Set document: 64 RSA keys with certificate chains fit. Read no further, however large it
 * claims to be.
 */
export const jwkSetBytesMax = 262_144

/** Set, `keys`, key, `x5c` are four levels; twice that leaves room for members we do not know. */
export const jwkSetDepthMax = 8

/**
 * Keys in one set. The largest public ones hold about twenty; each is imported, so ten times more
 * would be felt.
 */
export const jwkSetKeysMax = 64

/**
 * Shortest time a fetched key set counts as fresh, in seconds: an issuer that answers `max-age=0`
 * would otherwise be asked about every new token.
 */
export const jwkSetLifetimeSecondsMin = 30

/** Longest time, in seconds: a key that was taken back is not believed for more than an hour. */
export const jwkSetLifetimeSecondsMax = 3_600

/** For answers that do not say, in seconds: about what issuers that say something ask for. */
export const jwkSetLifetimeSecondsDefault = 300

/**
 * Share of the lifetime after which a key set is renewed in the background, if somebody still asks
 * for keys: with the default lifetime there is a minute left for attempts that fail.
 */
export const jwkSetRenewalShare = 0.8

/**
 * How long past its lifetime a key set stays in use while no newer one can be had, in seconds: an
 * hour covers the usual outage, and bounds what whoever cuts us off from the issuer gains.
 */
export const jwkSetStaleSecondsDefault = 3_600

/** The most that may be configured for it: a day without the issuer is no outage any more. */
export const jwkSetStaleSecondsMax = 86_400

/** Time for one fetch, connection to last octet, in milliseconds: the first token waits for it. */
export const jwkSetDeadlineMsDefault = 5_000

/** The most that may be configured for it: no caller waits for a minute. */
export const jwkSetDeadlineMsMax = 60_000

/**
 * The pause after the first failed fetch, in milliseconds: a restart of the issuer is over soon.
 */
export const coolDownMsMin = 1_000

/** The longest pause, in milliseconds: how late the end of an outage may be noticed. */
export const coolDownMsMax = 30_000

/**
 * Between two fetches caused by an unknown `kid`, in milliseconds. A flood of invented ones costs
 * the issuer two requests a minute, and a rotation nobody announced is noticed within half a
 * minute.
 */
export const unknownKidPauseMs = 30_000

/**
 * Characters of a DPoP proof: about 500 with an elliptic curve, 2,200 with RSA of 4096 bits. The largest key that is
 * read, of 8192 bits, makes one of 3,800.
 */
export const proofLengthMax = 4_096

/** Keys of proofs that are remembered as imported: a fleet of that many callers pays for its keys once. */
export const proofKeysRememberedMax = 1_000

/** How long a DPoP nonce is the newest, in seconds ... */
export const proofNonceStepSeconds = 60

/** ... and how many older ones are accepted: each is in use for 4 to 5 minutes. */
export const proofNonceStepsBack = 4
