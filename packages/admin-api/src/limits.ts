/** Every bound of the admin port, each with what it bounds and why it is that large. */

/** Header section of a request: an access token and what tools add. */
export const adminHeaderBytesMax = 16 * 1024

/** How long a request may take to arrive: it comes from near by and is small. */
export const adminRequestTimeoutMs = 10_000

/** Connections at once: monitoring, a console, some operators; each idle one costs a socket. */
export const adminConnectionsMax = 256

/**
 * How long the database may be unreadable before this node calls itself not ready. The server's own grace, after which
 * it refuses requests, comes first: this is the longest that can be configured there.
 */
export const staleGraceSecondsDefault = 604_800

/** Body of a declaration or an import: 10,000 clients with keys, from somebody who may change everything anyway. */
export const adminDeclarationBytesMax = 32 * 1024 * 1024

/** Body of a request: a client with a JWK Set of twenty RSA keys has 20 KB. */
export const adminBodyBytesMax = 128 * 1024

/** A parameter in a path: a resource id of 2,048 characters, each of them percent-encoded. */
export const adminPathParameterLengthMax = 6_144

/** Requests under way at once: administration must not push the token endpoint aside. */
export const adminRequestsMax = 64

/** An answer of an admin API: a page of 1,000 clients with their settings and secrets has 5 MB. */
export const adminAnswerBytesMax = 32 * 1024 * 1024
