/** Every bound of the admin port, each with what it bounds and why it is that large. */

/** Header section of a request: an access token and what tools add. */
export const adminHeaderBytesMax = 16 * 1024

/** How long a request may take to arrive: it comes from near by and is small. */
export const adminRequestTimeoutMs = 10_000

/** Connections at once: monitoring, a console, some operators; each idle one costs a socket. */
export const adminConnectionsMax = 256

/** How long the database may be unreadable before this node calls itself not ready. */
export const staleGraceSecondsDefault = 3_600
