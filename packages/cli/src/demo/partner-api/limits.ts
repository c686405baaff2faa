/** Bounds of the sample API, each with its reason. */

/** A request body in bytes: an application has some 200. */
export const bodyBytesMax = 16_384

/** An applicant's name, in characters. */
export const applicantLengthMax = 200

/** A partner's own reference, in characters: what fits into any of their systems. */
export const referenceLengthMax = 64

/** The largest amount, in the smallest unit of its currency: ten million of most of them. */
export const amountMax = 1_000_000_000

/** An idempotency key, in characters: a UUID has 36. */
export const idempotencyKeyLengthMax = 255

/** Applications that are kept, all partners together; the oldest goes first. A real API has a database here. */
export const applicationsKept = 10_000

/** Decisions in one list. */
export const decisionsListedMax = 100
