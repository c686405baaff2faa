/** Wires an authorization server: storage, keys and registry in memory, the endpoints over them. */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import { createIdentifierSource } from '@mintmark/runtime'
import type { Administration } from './administration.ts'
import { keepCheckpoints } from './audit/checkpoint-keeper.ts'
import {
  type CertificateSource,
  connectionCertificate,
  proxiedCertificate,
} from './client-authentication/certificates/client-certificate-header.ts'
import {
  type OpenAuthentication,
  openAuthentication,
} from './client-authentication/open-authentication.ts'
import type { EndpointWorld } from './endpoints/endpoint-world.ts'
import { createCallerAddresses } from './http/caller-address.ts'
import type { Endpoint } from './http/endpoint.ts'
import { createFetchListener, type FetchListener } from './http/fetch-listener.ts'
import { createNodeListener, type NodeListener } from './http/node-listener.ts'
import { genuineTokenCharactersMax } from './limits.ts'
import { type AuthorizationServerOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { explainRefusal, type RefusalExplanation } from './refusals/refusal-explanation.ts'
import { createRefusalReferences } from './refusals/refusal-reference.ts'
import { createRegistrationEndpoint } from './registration/registration-endpoint.ts'
import { openLiveState } from './registry/live-state.ts'
import {
  ensureSigningKey,
  libraryActor,
  type RegistryOperations,
  requireNodeEngine,
} from './registry/registry.ts'
import type { ChangeActor } from './registry/registry-world.ts'
import { createSecretDigester } from './registry/secret-digest.ts'
import { storeDefaultLifetime } from './registry/secret-report.ts'
import { SecretUsageRecorder } from './registry/secret-usage.ts'
import { Load } from './request-limits/load.ts'
import { openRequestLimits } from './request-limits/open-request-limits.ts'
import { RevocationFeedSource } from './revocation-feed/revocation-feed.ts'
import { createRouter } from './routes.ts'
import { openBinding } from './sender-binding/open-binding.ts'
import { createServerAdministration } from './server-administration.ts'
import { announceExternalKeys } from './signing-keys/announce-external-keys.ts'
import { ExternalSignatures } from './signing-keys/external-signatures.ts'
import type { KeyAdministration } from './signing-keys/key-administration.ts'
import { deriveKey } from './signing-keys/key-sealing.ts'
import { startKeyUpkeep } from './signing-keys/key-upkeep.ts'
import { type OpenedStorage, openThroughOutage } from './snapshot/open-through-outage.ts'
import type { StorageSession } from './storage/storage.ts'
import type { ClientDiscipline } from './telemetry/cache-discipline.ts'
import type { ServerReport } from './telemetry/server-report.ts'
import {
  createServerTelemetry,
  type ServerTelemetry,
  serverReport,
} from './telemetry/server-telemetry.ts'
import { GenuineTokens } from './tokens/genuine-tokens.ts'
import { createOpaqueSeal } from './tokens/opaque-token.ts'
import { claimsOfActiveToken } from './tokens/own-token.ts'

/** A running authorization server, not bound to any port. */
export interface AuthorizationServer {
  readonly issuer: string
  /** The token endpoint, as clients without discovery need it. */
  readonly tokenEndpoint: string
  /** For `http.createServer`, where it answers every request, or to be mounted in Express and its like. */
  readonly listener: NodeListener
  /** The same for `Request` and `Response`. */
  readonly fetch: FetchListener
  /**
   * Whether a path of the whole request, such as `/oauth/token`, with or without a query, is one of ours: for programs
   * that have more than this server on a port.
   */
  handles(target: string): boolean
  /** Administration of the registry that this server serves; a change is in force when its promise resolves. */
  readonly registry: RegistryOperations
  /**
   * Explains the refusal that a reference from `error_uri` stands for, whichever node made it; `undefined` for any text
   * that is none.
   */
  explainRefusal(reference: string): RefusalExplanation | undefined
  /** Administration of its signing keys, in force like that of the registry. */
  readonly keys: KeyAdministration
  /** What the server has done and how it is, in numbers. */
  report(): ServerReport
  /** How well the clients keep their tokens, the worst first, at most `limit` of those that were issued any. */
  cacheDiscipline(limit: number): readonly ClientDiscipline[]
  /**
   * Administration of everything, under the name of `actor` in the audit trail; a change is in force here when its
   * promise resolves. Closing what it gives closes nothing.
   */
  administration(actor: ChangeActor): Administration
  /** Whether tokens can be issued: from creation until `close`, except when the grace of an outage has passed. */
  ready(): boolean
  /**
   * Answers at once whoever waits for news from the revocation feed, and lets nobody wait from now on: for a graceful
   * stop, which waits for all requests.
   */
  beginStop(): void
  /** Stops looking for changes and closes the storage. Requests under way fail; `listen` waits for them first. */
  close(): Promise<void>
}

/**
 * Opens the storage and makes an authorization server over it; on first use the storage gets its ES256 signing key.
 * With a snapshot file, a storage that is away is no obstacle as long as the file is within the grace.
 *
 * Throws TypeError for wrong options and rejects with `StorageError` when the storage cannot be used. Does not listen
 * anywhere: see `listen`, or mount `listener` or `fetch` yourself, then with limits of your own on headers and time.
 */
export async function createAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const resolved = resolveOptions(options)
  const { storage, snapshot, clock } = resolved
  const opened = await openThroughOutage(storage, snapshot, clock)
  try {
    return await serve(opened, resolved)
  } catch (error) {
    await opened.session.close()
    throw error
  }
}

async function serve(
  opened: OpenedStorage,
  options: ResolvedOptions,
): Promise<AuthorizationServer> {
  const { session } = opened
  const { issuer, clock, random, keyRotation, secretEnvironment } = options
  const telemetry = createServerTelemetry(clock, options.observer)
  const { discipline } = telemetry
  const { world, authentication } = await openWorld(opened, options, telemetry)
  const { state } = world
  const upkeep = startKeyUpkeep(keyRotation, { ...world, random })
  const ports = { clock, random, secretEnvironment }
  const checkpoints = keepCheckpoints({ ...world, random }, state.sequence)
  state.onChange(() => checkpoints.grown(state.sequence))
  const administration = createServerAdministration(session, state, ports, async (token) =>
    claimsOfActiveToken(token, world, clock.wallMs()),
  )
  const own = administration(libraryActor)
  const route = createRouter(issuer, world, registrationOf(options, world, administration))
  const certificateSource = certificateSourceOf(options, world)
  let isOpen = true
  return {
    issuer,
    tokenEndpoint: authentication.world.tokenEndpoint,
    listener: createNodeListener(route, certificateSource),
    fetch: createFetchListener(route, certificateSource),
    handles: (target) => route(target) !== undefined,
    explainRefusal: (reference) => explainRefusal(session.masterKey, reference),
    report: () => serverReport(telemetry, state, session, clock),
    cacheDiscipline: (limit) => discipline.worst(limit),
    registry: own.registry,
    keys: own.keys,
    administration,
    ready: () => isOpen && state.isServing,
    beginStop: () => world.revocationFeed.stop(),
    async close() {
      if (!isOpen) return
      isOpen = false
      upkeep.stop()
      world.revocationFeed.stop()
      await state.stop()
      if (state.staleSinceWallMs === undefined) await checkpoints.stop()
      authentication.dispose()
      await world.secretUsage.stop()
      await session.close()
    },
  }
}

function registrationOf(
  { registration: policy }: ResolvedOptions,
  world: EndpointWorld,
  administration: (actor: ChangeActor) => Administration,
): Endpoint | undefined {
  return policy && createRegistrationEndpoint({ ...world, policy, administration })
}

/** What the endpoints stand on: keys and registry read, everything else made. */
async function openWorld(
  opened: OpenedStorage,
  options: ResolvedOptions,
  { observer, counters }: ServerTelemetry,
): Promise<{ readonly world: EndpointWorld; readonly authentication: OpenAuthentication }> {
  const { session, lastKnown } = opened
  const { issuer, dialect, clock, random, signers, snapshot, mutualTlsOrigin } = options
  const engine = requireNodeEngine()
  // A state that was kept has its keys.
  if (lastKnown === undefined) await prepareStorage(session, engine, options)
  const newIdentifier = createIdentifierSource(random)
  const callers = createCallerAddresses(options, observer)
  const nodeId = newIdentifier()
  const secretUsage = new SecretUsageRecorder({ session, clock, callers, nodeId })
  await secretUsage.start()
  const { file: snapshotFile, graceSeconds } = snapshot
  const stateWorld = { clock, random, observer, signers, snapshotFile, graceSeconds }
  const state = await openLiveState(opened, engine, stateWorld)
  const signatures = new ExternalSignatures(engine, clock, observer)
  const digester = createSecretDigester(deriveKey(session.masterKey, 'client secret digests'))
  const tokenEndpoint = issuer.replace(/\/$/, '') + dialect.paths.token
  const ground = { issuer, clock, random, observer, callers, engine, digester, session }
  const authentication = openAuthentication(
    { ...ground, tokenEndpoint, registry: () => state.registry },
    options,
  )
  const world: EndpointWorld = {
    issuer,
    dialect,
    clock,
    newIdentifier,
    secretUsage,
    observer,
    engine,
    signatures,
    digester,
    ...{ state, session },
    revocationFeed: new RevocationFeedSource({
      ...{ issuer, state, clock, observer },
      engine: signatures,
    }),
    references: createRefusalReferences(session.masterKey, random),
    opaqueSeal: createOpaqueSeal(session.masterKey, issuer),
    genuineTokens: new GenuineTokens(genuineTokenCharactersMax),
    counters,
    authentication: authentication.world,
    offersRegistration: options.registration !== undefined,
    expectsCertificates: (options.clientCertificate ?? mutualTlsOrigin) !== undefined,
    mutualTlsOrigin,
    binding: openBinding(options.dpopNonces, {
      ...authentication.world,
      mutualTlsOrigin,
      masterKey: session.masterKey,
    }),
    limits: openRequestLimits(options, session.masterKey, callers),
    load: new Load(clock),
    random,
  }
  return { world, authentication }
}

/** What others and we ourselves rely on before anything is served: keys, and the lifetime of tokens. */
async function prepareStorage(
  session: StorageSession,
  engine: SynchronousSignatureEngine,
  { signers, dialect, clock, random }: ResolvedOptions,
): Promise<void> {
  await announceExternalKeys(signers, { session, engine, clock, random })
  await ensureSigningKey('ES256', session, engine, { clock, random })
  await storeDefaultLifetime(session, dialect.lifetimeSeconds, clock.wallMs())
}

function certificateSourceOf(
  { clientCertificate }: ResolvedOptions,
  { observer, authentication }: EndpointWorld,
): CertificateSource {
  if (clientCertificate === undefined || clientCertificate === 'connection') {
    return connectionCertificate
  }
  return proxiedCertificate(clientCertificate, authentication.callers, observer)
}
