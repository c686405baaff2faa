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
