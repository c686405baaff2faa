/** Bounds on everything the command line reads or waits for, each with its reason. */

/** `mintmark.config.json`: a flat object of some thirty keys; more is not a configuration file. */
export const configurationBytesMax = 64 * 1024

/**
 * Nesting in `mintmark.config.json`: lists in an object are 2 deep; more is refused by key rather
 * than as JSON.
 */
export const configurationDepthMax = 4

/**
 * A file or pipe that holds one client secret; far above any secret, far below a file given by
 * mistake.
 */
export const secretBytesMax = 4 * 1024

/**
 * A token on standard input: the JWT grammar stops at 8 KiB, and white space around it is forgiven.
 */
export const tokenInputBytesMax = 16 * 1024

/**
 * A request body given with `-d @file`: it is held in memory, so that it can be sent again after a
 * 401.
 */
export const requestBodyBytesMax = 16 * 1024 * 1024

/** A response body that `call --json` puts into its document, which is held in memory. */
export const responseBodyBytesMax = 16 * 1024 * 1024

/**
 * A key of the operator's that an error line repeats; longer ones are likely to be something
 * pasted.
 */
export const echoLengthMax = 60

/** Text from outside (a claim, a header) on one line for a person. */
export const shownLengthMax = 2000

/**
 * Stop signals closer together than this are one request: a terminal's Ctrl-C reaches the whole
 * process group, and npm or the launcher pass it on once more.
 */
export const signalEchoMs = 300

/** Header section and time of a health check, which has no body and comes from near by. */
export const adminHeaderBytesMax = 8 * 1024
export const adminRequestTimeoutMs = 5_000

/** A JWK Set with the keys of one client, as the registry takes it. */
export const registeredKeysBytesMax = 32 * 1024

/** Characters of the name under which a command stands in the audit trail: an account and a host name. */
export const operatorLengthMax = 200

/** Bytes of a checkpoint of the audit trail: a signed statement of 300. */
export const checkpointBytesMax = 4_096

/** An answer of an introspection endpoint, or a metadata document: a page at most. */
export const standardAnswerBytesMax = 256 * 1024

/** Lines of a server's log in a second: a person reads less, and a flood of refusals has more. */
export const logLinesPerSecondMax = 200

/** Worker processes of one node: more than any machine of today has use for. */
export const workersMax = 256

/** How long a worker may take until it serves: 100,000 clients take 3 s, and a busy machine some times that. */
export const workerStartMsMax = 60_000

/** How long a worker may take to stop after it has drained: its requests have 10 s, and its storage what is left. */
export const workerStopMsMax = 20_000

/** A worker that ends after this time did not fail at its start, but of something that may not come again. */
export const workerMatureMs = 30_000

/** Pause before a worker that ended is started again; it doubles with every one in a row that ended young. */
export const workerPauseMsMin = 100
export const workerPauseMsMax = 30_000

/** Workers in a row that end young until a node that has none left gives up: some 6 s after the first. */
export const workerYoungEndsMax = 6

/** How long the report of a worker is waited for; one that is too busy has its last one used. */
export const workerReportMsMax = 1_000

/** For how long a node goes on and sends clients elsewhere after it was asked to stop. */
export const drainSecondsMax = 3_600

/** The same for a worker that is replaced: clients with open connections get at least so long to hear of it. */
export const workerDrainMsMin = 2_000

/** Characters of a line of a backup: the audit record of a client with the longest settings is a tenth of it. */
export const fileLineLengthMax = 16_777_216

/** The longest pause between attempts to connect to Redis, in milliseconds. */
export const redisRetryMsMax = 2_000

/** How long the start of a guard waits for Redis, in milliseconds: it serves without, if it has to. */
export const redisStartMsMax = 1_000

/** A declaration or another program's export: 10,000 clients with keys. It is held in memory. */
export const exchangedBytesMax = 64 * 1024 * 1024

/** Lines of an access log between two notices of how far a simulation has come: one every second or so. */
export const simulationProgressLines = 1_000_000

/** Characters of an identifier that a guard passes on: three times as many letters as any client identifier has. */
export const identityLengthMax = 512

/** Characters of a scope that it passes on: with the other fields it fits into 4 KiB, as proxies read by default. */
export const identityScopeLengthMax = 2_048

/** Request targets of the forward-auth endpoint that are remembered: a proxy's configuration has some dozens. */
export const checkTargetsMax = 256

/** Characters of the request target that a proxy tells: as long as proxies take one themselves. */
export const originalTargetLengthMax = 8_192

/** Header section of a request to a guard: a token of 8 KiB, and as much again of everything else. */
export const guardHeaderBytesMax = 32 * 1_024

/** How long a guard waits for a header section, and an idle connection for its next request. */
export const guardHeadersTimeoutMs = 10_000
export const guardIdleTimeoutMs = 65_000

/** How long a whole request may take to arrive: an upload of the default size at 300 kbit/s. */
export const guardRequestTimeoutMs = 300_000

/** How often connections are looked at for these times; also the most by which one is exceeded. */
export const guardSweepMs = 1_000

/** What a guard gives requests under way, once it accepts no more. */
export const guardStopMs = 10_000

/** Body of a request that a guard passes on, unless a setting says otherwise: a scanned document. */
export const guardBodyBytesDefault = 16 * 1024 * 1024

/** What is read and dropped of a refused request's body, so that its connection can be used again. */
export const droppedBytesMax = 64 * 1024

/** Header section of an answer that is passed back: as much as clients take. */
export const upstreamHeaderBytesMax = 32 * 1024

/** How long an unused connection to an API is kept: less than the 5 s after which Node itself closes one. */
export const upstreamIdleMs = 4_000

/** Connections to an API at the same time; further requests wait for one, at most their time. */
export const upstreamConnectionsMax = 512

/** How long an attack on a proxy waits for the end of its connection. */
export const attackMsMax = 3_000

/** What is read of the answers to one attack: some pages. */
export const attackAnswerBytesMax = 1024 * 1024

/** Requests that are remembered of one attack: it sends two. */
export const reachedRequestsMax = 100

/** Characters of a field that no server takes. */
export const oversizedFieldCharacters = 100_000

/** Names of header fields that a guard remembers its judgement on, and their length: proxies send some dozens. */
export const namesRememberedMax = 256
export const nameLengthRememberedMax = 64
