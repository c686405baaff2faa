/**
 * The three parties of the demo, each on its own port: an authorization server in the shape of the Credicorp partner
 * ring, the partner API, and what a client worker needs to know to call it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AuthorizationServerEvent,
  createAuthorizationServer,
  describeRegistryViolation,
  listen,
  type Registered,
  type RegistryOperations,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import type { ClientSecret } from '@mintmark/protocol'
import type { GuardEvent } from '@mintmark/resource-server'
import { type Clock, invariant, type RandomSource } from '@mintmark/runtime'
import { failure } from '../command-failure.ts'
import { applicationsScope, decisionsScope } from './partner-api/index.ts'
import {
  partnerDoor,
  type RunningPartnerApi,
  sandboxDoor,
  startPartnerApi,
} from './running-partner-api.ts'

/** Lifetimes of access tokens in seconds, by door: long enough to work with, short enough to watch. */
const lifetimeSeconds = { [partnerDoor]: 900, [sandboxDoor]: 4 } as const

/** Whatever one of the two servers tells. */
export type DemoEvent = AuthorizationServerEvent | GuardEvent

/** A registered client and its secret. */
export interface DemoClient {
  readonly id: string
  readonly secret: ClientSecret
}

/** Everything that runs. */
export interface Parties {
  readonly authorizationServer: RunningServer
  readonly partnerApi: RunningPartnerApi
  /** May apply and read decisions. */
  readonly partner: DemoClient
  /** May apply only. */
  readonly applicant: DemoClient
  /** May apply and read decisions, and asks for more than it may. */
  readonly eager: DemoClient
  /** What has happened at the two servers so far, in order. */
  readonly events: readonly DemoEvent[]
  readonly storageFolder: string
  /** Stops both servers and removes the data folder if it was a temporary one. */
  close(): Promise<void>
}

/** Where to keep what is stored, and what world to run in. */
export interface PartiesOptions {
  /** Where the authorization server keeps its data; `undefined` for a temporary folder. */
  readonly storageFolder: string | undefined
  readonly clock: Clock
  readonly random: RandomSource
  /** Hears everything that is also kept in `events`. */
  readonly observer: (event: DemoEvent) => void
}

/** Starts both servers and registers the API and two clients. Leaves nothing running when it fails. */
export async function startParties(options: PartiesOptions): Promise<Parties> {
  const storageFolder = options.storageFolder ?? mkdtempSync(join(tmpdir(), 'mintmark-demo-'))
  const events: DemoEvent[] = []
  const observer = (event: DemoEvent): void => {
    events.push(event)
    options.observer(event)
  }
  const authorizationServer = await startAuthorizationServer(storageFolder, {
    ...options,
    observer,
  })
  const partnerApi = await startPartnerApi()
  const close = async (): Promise<void> => {
    await partnerApi.close()
    await authorizationServer.close()
    if (options.storageFolder === undefined) rmSync(storageFolder, { recursive: true, force: true })
  }
  try {
    const { registry, issuer } = authorizationServer.server
    const clients = await register(registry, partnerApi)
    partnerApi.open(issuer, observer)
    return { authorizationServer, partnerApi, ...clients, events, storageFolder, close }
  } catch (error) {
    await close()
    throw error
  }
}

function startAuthorizationServer(
  storageFolder: string,
  { clock, random, observer }: PartiesOptions,
): Promise<RunningServer> {
  const storage = sqlite(storageFolder, { random })
  return listen({
    host: '127.0.0.1',
    port: 0,
    clock,
    server: (issuer) =>
      createAuthorizationServer({
        issuer,
        storage,
        dialect: 'credicorp',
        clock,
        random,
        observer,
      }),
  })
}

/** The API's two doors as resources, and a client for each set of scopes. */
async function register(
  registry: RegistryOperations,
  api: RunningPartnerApi,
): Promise<Pick<Parties, 'partner' | 'applicant' | 'eager'>> {
  const bothScopes = `${applicationsScope} ${decisionsScope}`
  for (const [door, seconds] of Object.entries(lifetimeSeconds)) {
    const draft = { id: api.audience(door), scope: bothScopes, lifetimeSeconds: seconds }
    required(await registry.createResource(draft))
  }
  return {
    partner: await registerClient(registry, api, 'demo-partner', bothScopes),
    applicant: await registerClient(registry, api, 'demo-applicant', applicationsScope),
    eager: await registerClient(registry, api, 'demo-eager', bothScopes),
  }
}

/** Registers a client of the demo; one that an earlier demo left in a given data folder makes way. */
async function registerClient(
  registry: RegistryOperations,
  api: RunningPartnerApi,
  id: string,
  scope: string,
): Promise<DemoClient> {
  if ((await registry.client(id)) !== undefined) required(await registry.deleteClient(id))
  const resources = [api.audience(partnerDoor), api.audience(sandboxDoor)]
  const { clientSecret } = required(await registry.createClient({ id, scope, resources }))
  invariant(clientSecret !== undefined, 'a client of which nothing else is said gets a secret')
  return { id, secret: clientSecret }
}

function required<Value>(result: Registered<Value>): Value {
  if (result.ok) return result.value
  throw failure('demo_not_started', describeRegistryViolation(result.violation, result.subject))
}
