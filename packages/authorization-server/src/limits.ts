/** Every bound of the authorization server, each with what it bounds and why it is that large. */

/**
 * Bytes of a request body at the token, introspection and revocation endpoints. A token request is about 100 bytes,
 * one that carries a large JWT 10,000; ten times more would let 1,000 slow senders hold 160 MB.
 */
export const requestBodyBytesMax = 16_384

/**
 * Bytes of a body that are read at all: beyond `requestBodyBytesMax` only to be dropped, so that a sender which waits
 * until it has sent everything gets to its 413. One that goes on after that does not listen.
 */
export const requestBodyBytesDrainedMax = 1_048_576

/** Bytes of a request's header section: Basic credentials at their longest and a proxy's headers, twice over. */
export const requestHeaderBytesMax = 16_384

/** How long a client may take to send its headers, and its whole request. Machines on a slow link need seconds. */
export const headersTimeoutMs = 10_000
export const requestTimeoutMs = 20_000

/** How often connections are looked at for those two: no request takes much longer than it may. */
export const connectionsCheckIntervalMs = 1_000

/** An idle connection is kept this long: longer than the 60 s of common load balancers, so that they close first. */
export const keepAliveTimeoutMs = 65_000

/** How long a graceful stop waits for requests that are under way. */
export const gracefulStopMs = 10_000

/** How often a graceful stop looks for connections that have become idle: no stop takes much longer than its work. */
export const idleSweepIntervalMs = 20

/** Token requests that wait for their signature, however fast it goes: what they hold is a few megabytes. */
export const signaturesWaitingMax = 4_096

/**
 * How long a burst of them may wait. A thousand programs that start at the same time are served within this; a client
 * gives up after seconds.
 */
export const signingWaitMsMax = 500

/**
 * How long they may wait while there is more to do than can be done, and for how long that has to last. Ten times a
 * request's own time keeps the signer busy; any longer is waiting for nothing.
 */
export const signingWaitMsTarget = 20
export const signingStandingMs = 200

/** So many may always wait: fewer connections than that cannot overload anything. */
export const signaturesAlwaysTaken = 64

/** Requests that are being worked on, waiting for a signature, a digest, a database or Redis: about 40 MB. */
export const requestsInProgressMax = 4_096

/**
 * How long requests may be read in one turn of the event loop, and quick signatures made in between: three thousand
 * callers at once. Beyond it they wait for each other longer than for their turn after a 503. For how many of them the
 * time is looked at once, and how long those may take at most in this reckoning: anything more is a pause of the
 * process.
 */
export const arrivalTurnMsMax = 150
export const arrivalsPerLook = 64
export const arrivalLookMsMax = 8

/**
 * Failed authentications in a minute: of one client from one address, which a deployment with an old secret reaches and
 * a person does not; and of one address, behind which there may be many clients.
 */
export const clientFailuresPerMinuteDefault = 30
export const addressFailuresPerMinuteDefault = 300

/** Bits of an IPv6 address that tell callers apart: what one subscriber or virtual machine gets. */
export const ipv6PrefixBitsDefault = 64

/**
 * Signing time of one turn of the event loop, by the costs in `signing-turn.ts`: about 64 ES256 or 8 RS256
 * signatures. Longer turns delay every other request, shorter ones lose what signing back to back gains.
 */
export const signingTurnMicrosecondsMax = 2_000

/** Time spent elsewhere that a turn of signing makes up for, three times over: the rest is a pause of the process. */
export const elsewhereMsMax = 20

/**
 * Credentials that are recognised without being decoded, about 150 bytes each, and the characters of an `Authorization`
 * with a generated secret and the longest client id.
 */
export const recognisedCredentialsMax = 131_072
export const recognisedLengthMax = 512

/**
 * Bodies of token requests that are kept with what they were read as, about 2 kB each, and their characters: a fleet
 * asks for some dozens of combinations of scopes and resources.
 */
export const knownBodiesMax = 2_048
export const knownBodyLengthMax = 512

/**
 * Access token templates kept per client, by what it asked and by its words. A client repeats a handful of requests; a
 * hostile one varies them.
 */
export const templatesPerClientMax = 64

/**
 * Characters of an access token: half of what HTTP servers take for all headers together, and what our own guard
 * reads. A grant that does not fit is refused instead of issued in vain.
 */
export const accessTokenLengthMax = 8_192

/**
 * Characters of tokens that are remembered as genuine, each token charged with `genuineTokenOverhead` for its claims
 * on top: about 25,000 JWTs of 800 characters. The oldest goes first, and costs one signature check more.
 */
export const genuineTokenCharactersMax = 50_000_000
export const genuineTokenOverhead = 1_200

/** Clients that act for each other in one token: each is an API that called the next. */
export const actorsMax = 4

/**
 * How old the `iat` of a DPoP proof without nonce may be, and how far ahead of us, in seconds. Each proof is remembered
 * for the first of these, so longer costs memory; callers whose clock is off further are helped by a nonce.
 */
export const proofAgeSecondsMax = 300
export const proofAheadSecondsMax = 60

/** How often a change made by another process is looked for: often enough to be noticed within a second. */
export const registryPollIntervalMs = 400

/** Characters of a client identifier: what still fits comfortably into headers and logs. */
export const clientIdLengthMax = 255

/** Characters of a secret that somebody brings along. Fewer can be guessed; more is not a secret but a document. */
export const clientSecretLengthMin = 8
export const clientSecretLengthMax = 512

/** Seconds a token may live: from useful at all to a week, after which revocation is the wrong tool. */
export const tokenLifetimeSecondsMin = 1
export const tokenLifetimeSecondsMax = 604_800
export const tokenLifetimeSecondsDefault = 900

/**
 * How long the JWK Set may be cached: short enough that a withdrawn key is gone everywhere soon, long enough that
 * thousands of verifiers cost nothing.
 */
export const jwkSetMaxAgeSeconds = 300

/**
 * A key is published at least this long before it signs: whoever obeys `max-age` then has it, even one who fetched
 * through a cache that was about to expire.
 */
export const keyStagingSecondsMin = 2 * jwkSetMaxAgeSeconds

/** The same for a rotation by command: an hour covers verifiers that keep a set for longer than they are told. */
export const keyStagingSecondsDefault = 3_600

/** For how long a key signs before the next one does, and how long before that the next one is published. */
export const keyRotationSecondsDefault = 90 * 86_400
export const keyPublicationSecondsDefault = 14 * 86_400

/** Rotating daily, retiring keys of a week and all four algorithms still fit into one set of `publishedKeysMax`. */
export const keyRotationSecondsMin = 86_400
export const keyRotationSecondsMax = 10 * 365 * 86_400

/** Keys in the JWK Set: verifiers, ours included, refuse larger ones. */
export const publishedKeysMax = 48

/** A key stays published this much longer than the last token that it signed: for clocks that differ. */
export const keyRetirementMarginSeconds = 3_600

/** A retired key is kept this much longer: for whoever reads the list of keys, and for a clock that was wrong. */
export const keyDeletionDelaySeconds = 86_400

/** How often the schedule of the keys is looked at besides at its own instants: how late a stepped clock is noticed. */
export const keyScheduleCheckMs = 3_600_000

/** When looking after the keys failed, it is tried again this much later. */
export const keyUpkeepRetryMs = 60_000

/**
 * Connections of one node to PostgreSQL for work: one writes (writers take turns anyway), the others read. Ten nodes
 * stay far below the 100 that a server allows by default.
 */
export const postgresConnectionsMaxDefault = 4

/** How long connecting to PostgreSQL may take. */
export const postgresConnectMsMax = 5_000

/** How long PostgreSQL works on one statement: reading 100,000 clients takes about a second. */
export const postgresStatementMsMax = 15_000

/** How long a lock is waited for: others queue behind whoever waits. */
export const postgresLockMsMax = 10_000

/** How long one of a migration may take, which may build an index over millions of audit records. */
export const postgresMigrationMsMax = 600_000

/** How long a change waits for its turn among those of the same node before it is given up. */
export const postgresWriterWaitMsMax = 10_000

/** How often a transaction that was only in the way of another one is run again. */
export const postgresRetriesMax = 3

/** After this time without work a connection is closed. */
export const postgresIdleMs = 60_000

/** How often a node looks for changes when it was not told of any, in case it should have been. */
export const postgresPollIntervalMs = 5_000

/** How long PostgreSQL is waited for when connections are closed; what is open then is cut. */
export const postgresCloseMsMax = 1_000

/** The longest pause between attempts to hear from PostgreSQL again. */
export const postgresReconnectMsMax = 5_000

/** Clients whose use of tokens is counted: at 200 bytes each these are 20 MB, and nobody has more that call at once. */
export const disciplineClientsMax = 100_000

/** Steps of an import that are one transaction: some 100 ms in which nobody else can change anything. */
export const importBatchMax = 1_000

/** Characters of a declaration or of another program's export: 10,000 clients with keys, or 100,000 without. */
export const declarationLengthMax = 67_108_864

/** Nesting of a declaration: the keys in the settings of a client in a list are 6 deep. */
export const declarationDepthMax = 12

/** Clients in the registry at which nobody registers any more, where nothing else is configured. */
export const registrationClientsMaxDefault = 10_000

/** Nesting of a registration request: the members of the keys of a JWK Set are 4 deep. */
export const registrationDepthMax = 6

/** Characters of a label: one line on a screen. */
export const labelLengthMax = 200

/** Secrets of a client that are in use at once: more is not a rotation but a list of people who know. */
export const liveSecretsMax = 10

/** Retired secrets of a client that are kept to notice whoever still uses one; beyond it the oldest is forgotten. */
export const retiredSecretsMax = 20

/** Clients that one read of the registry for an operator returns: a screen or a batch, not the whole table. */
export const clientPageSizeMax = 1_000

/** How often a change is decided anew because another one came first. Ten in a row is no coincidence any more. */
export const decisionAttemptsMax = 10

/** Scopes of a resource, and resources of a client. Both stand in tokens or are looked through per request. */
export const resourceScopesMax = 1_000
export const clientResourcesMax = 100

/** Addresses and ranges of a client: each is compared on each of its requests. */
export const clientAddressesMax = 100

/** Quotas of a client, tokens in one and its window: up to a month, which no counter has to survive for longer. */
export const clientQuotasMax = 8
export const quotaTokensMax = 1_000_000_000
export const quotaWindowSecondsMax = 2_678_400

/** `authorization_details` types of a client or resource, and the characters of one. */
export const authorizationDetailsTypesMax = 50
export const authorizationDetailsTypeLengthMax = 255

/** Characters of a registered JWK Set and keys in it: three keys of 4,096 bits with certificates take half of it. */
export const registeredKeysLengthMax = 32_768
export const registeredKeysMax = 20

/** Federated identities of a client, and characters of an issuer, subject, audience, address or certificate name. */
export const federatedIdentitiesMax = 20
export const identityTextLengthMax = 2_048

/** Uses of a secret are counted by the hour: enough to say whether it can go, too coarse to be a movement profile. */
export const usageHourMs = 3_600_000

/** How long after its first sight a use is written down, and so at most what a crash loses. */
export const usageFlushDelayMs = 30_000

/** How often a node reports that it saw nothing new: the uses that it would report are counted by the hour, too. */
export const usageReportIntervalMs = 3_600_000

/** A node that has not reported for that and five minutes is late: nothing is concluded from what it did not say. */
export const reportOverdueMs = 3_900_000

/** Between the report of one node and the start of the next, this is a restart and not a time without a node. */
export const observationGapMs = 120_000

/** A node that has not reported for a day is taken for dead; its record is kept for a month, as evidence. */
export const nodeForgottenMs = 86_400_000
export const nodeKeptMs = 2_592_000_000

/** How far the clocks of nodes may be apart for what they report to be comparable; NTP keeps them within a second. */
export const nodeSkewMs = 60_000

/** Token lifetimes for which a secret must be unused: whoever uses it asks at least once in each. */
export const retirementLifetimes = 3

/** Audit records that one read returns: a screen or a batch, at some 500 bytes each. */
export const auditPageSizeMax = 1_000

/** How far ahead an assertion of a client may expire. It is used at once; the replay guard remembers it that long. */
export const assertionLifetimeSecondsMax = 300

/** How far a client's clock may be off ours. Machines with NTP are within a second, those without within minutes. */
export const assertionClockToleranceSeconds = 30

/** Characters of an assertion's `jti`: several times a UUID. */
export const assertionIdentifierLengthMax = 256

/** How long a store of used assertions is waited for. Longer is an outage, which nobody should wait for. */
export const replayDeadlineMs = 500

/** Characters of an imported hash: the longest kinds, spelled as JSON, take half of it. */
export const importedHashLengthMax = 1_024

/** Octets of an imported hash: fewer can be hit by chance, and no function of those that are known gives more. */
export const importedHashBytesMin = 16
export const importedHashBytesMax = 64

/** Cost of an imported bcrypt hash: 14 takes a second or two of one processor, each further one twice that. */
export const bcryptCostMax = 14

/** Memory of an imported scrypt hash, and memory times parallelism: `ln=17,r=8,p=1` as OWASP has it takes 128 MiB. */
export const scryptMemoryBytesMax = 134_217_728
export const scryptWorkMax = 536_870_912

/** KiB of memory of an imported argon2id hash, and memory times passes: twice the second choice of RFC 9106. */
export const argon2MemoryKibMax = 131_072
export const argon2WorkKibMax = 524_288

/** Iterations of an imported PBKDF2 hash: three times what OWASP asks of SHA-256, about a second. */
export const pbkdf2IterationsMax = 2_000_000

/** Imported hashes that are checked at once: half of the thread pool, which files and names are waiting for, too. */
export const hashChecksAtOnceMax = 2

/** Imported hashes that wait to be checked: at 100 ms each the last one waits for three seconds. */
export const hashChecksWaitingMax = 64

/** Imported hashes of one client that a secret is compared with: more would let one request cost minutes. */
export const importedSecretsTriedMax = 3

/** Characters of a distinguished name: a dozen long attributes. */
export const distinguishedNameLengthMax = 2_048

/** Certificates from headers that are kept in the form in which they were read: one per client behind the proxy. */
export const clientCertificatesRememberedMax = 1_000

/** How often certificate files are looked at: they are renewed days before they end. */
export const certificatePollIntervalMs = 10_000

/** How long a TLS handshake may take: as long as the headers of a request. */
export const tlsHandshakeTimeoutMs = 10_000

/** How much life a token of another issuer may have left: Kubernetes gives an hour, and some clusters two. */
export const federatedAssertionLifetimeSecondsMax = 7_200

/** Characters of a subject of another issuer: what may be registered. */
export const federatedSubjectLengthMax = 2_048

/** Octets of an issuer's metadata, and of a SPIFFE bundle: a few kilobytes even from the most talkative ones. */
export const issuerMetadataBytesMax = 262_144

/** How long an issuer's metadata is waited for, and for how long it is believed. It says where the keys are. */
export const issuerMetadataDeadlineMs = 5_000
export const issuerMetadataLifetimeMs = 3_600_000

/** For how long an issuer whose metadata cannot be had is left alone. */
export const issuerPauseMs = 10_000

/** Characters of a secret that is to be the key of HS256: as many octets as the hash has (RFC 7518 section 3.2). */
export const macSecretLengthMin = 32

/** Published key sets that are kept, of clients and of other issuers. Each is a few kilobytes and 64 keys at most. */
export const remoteKeySetsMax = 1_000

/**
 * Half the validity of a revocation feed: so long after signing, it is signed anew. Whoever has no connection to us
 * knows that it is behind after five to ten minutes.
 */
export const feedPeriodSeconds = 300

/**
 * A revocation is listed this much longer than its token lives: resource servers tolerate up to a minute of
 * difference between clocks, and the node that left it out may be ahead, too.
 */
export const feedToleranceSeconds = 300

/** And kept this much longer, so that every node lists the same for a whole period. */
export const revocationRetentionSeconds = 3_600

/** Revocations that follow each other this closely are published together: signing and sending cost something. */
export const feedPaceMs = 500

/** How long a reader of the feed may wait for news: less than `keepAliveTimeoutMs`, and than proxies bear. */
export const feedWaitSecondsMax = 45

/** Readers that wait at the same time. Beyond it they are answered at once, and come back by themselves. */
export const feedReadersWaitingMax = 1_000

/**
 * How far the clock of the node that made a token may be ahead of the one that is asked about it: otherwise a token
 * that was made a moment ago would be no token yet, and revoking it would do nothing.
 */
export const nodeClockToleranceSeconds = 5

/** How long a node goes on without its database: a day, in which somebody notices, by default; a week at most. */
export const graceSecondsDefault = 86_400
export const graceSecondsMax = 604_800

/** How long reading the registry again is put off, at most, while it fails. */
export const registryRetryMsMax = 2_000

/** How soon after a change the snapshot is written: changes often come several at a time. */
export const snapshotDelayMs = 250

/** Clients in a snapshot for each millisecond of pause after it: 10 s for 100,000, whose writing takes about one. */
export const snapshotClientsPerMs = 10

/** How old a snapshot may become while the database is there: its age counts into the grace of a node that starts. */
export const snapshotRenewalMs = 600_000

/** Lines of a snapshot that are sealed in one piece: about a millisecond, in which no request is answered. */
export const snapshotPieceLines = 250

/** Bytes of a snapshot that are read: a million clients; a larger file is not ours. */
export const snapshotBytesMax = 536_870_912

/** Uses that are written down in one transaction: some 10 ms, which is how long a change may have to wait for it. */
export const usageBatchMax = 1_000

/** Signatures that external signers are asked for at the same time: what an HSM with some sessions does in parallel. */
export const externalSignaturesMax = 64

/** And that wait for their turn: at a millisecond each a few seconds of work, more than anybody waits for. */
export const externalSignaturesWaitingMax = 1_024

/** How long a token request waits for an external signature. A signer in the next rack needs milliseconds. */
export const externalSignatureMsMax = 2_000

/** Records of the audit trail between two checkpoints: one signature for a thousand costs each of them nothing. */
export const auditCheckpointRecords = 1_000

/** How often a drill asks its nodes, and how long it does so: the time in which everything has to be safe. */
export const drillPollMs = 20
export const drillMsMax = 10_000
