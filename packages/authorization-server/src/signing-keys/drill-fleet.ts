/** Nodes in memory on a copy of somebody's keys and resources, for as long as a drill takes. */
import { nodeEngine, type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { parseFeedContent, type RevocationFeed, splitFeed } from '@mintmark/protocol'
import { type Clock, invariant, type RandomSource } from '@mintmark/runtime'
import {
  type AuthorizationServer,
  createAuthorizationServer,
} from '../create-authorization-server.ts'
import { registryPollIntervalMs } from '../limits.ts'
import type { SigningKeyRecord } from '../storage/records.ts'
import { sqlite } from '../storage/sqlite/sqlite.ts'
import type { RegistryPart, Storage, StorageSession } from '../storage/storage.ts'
import { createSigningKey } from './create-signing-key.ts'
import type { KeyAdministration } from './key-administration.ts'

const NODES = 3
const ISSUER = 'https://drill.invalid'
const CLIENT = 'drill'

/** One node, seen from outside. */
export interface DrillNode {
  readonly keys: KeyAdministration
  /** A new token that is signed with `algorithm`. */
  token(algorithm: SignatureAlgorithm): Promise<string>
  isActive(token: string): Promise<boolean>
  publishedKids(): Promise<readonly string[]>
  feed(): Promise<RevocationFeed>
}

/** The nodes of a drill. */
export interface DrillFleet {
  readonly nodes: readonly DrillNode[]
  /** The key that stands for a real one. */
  shadowOf(kid: string): string
  algorithmOf(shadowKid: string): SignatureAlgorithm
  close(): Promise<void>
}

interface World {
  readonly clock: Clock
  readonly random: RandomSource
}

/** Starts nodes on a copy of `real`: keys of the same algorithms and schedules, and a client that asks for tokens. */
export async function startDrillFleet(
  real: Pick<RegistryPart, 'signingKeys'>,
  world: World,
): Promise<DrillFleet> {
  const base = await sqlite(':memory:', world).open()
  const shadows = await copyKeys(real.signingKeys, base, world)
  const storage = sharedStorage(base, world.clock)
  const servers: AuthorizationServer[] = []
  for (let at = 0; at < NODES; at++) {
    const options = { issuer: ISSUER, storage, keyRotation: 'manual', ...world } as const
    servers.push(await createAuthorizationServer(options))
  }
  const authorization = await registerProbe(servers)
  const found = (kid: string) => shadows.get(kid)
  return {
    nodes: servers.map((server) => nodeOf(server, authorization)),
    shadowOf: (kid) => {
      const shadow = found(kid)
      invariant(shadow !== undefined, 'every key that is stored has been copied')
      return shadow.kid
    },
    algorithmOf: (kid) =>
      [...shadows.values()].find((shadow) => shadow.kid === kid)?.algorithm ?? 'ES256',
    async close() {
      for (const server of servers) await server.close()
      await base.close()
    },
  }
}

/** New keys in the places of the real ones, by the `kid` of the real one. */
async function copyKeys(
  keys: readonly SigningKeyRecord[],
  session: StorageSession,
  world: World,
): Promise<ReadonlyMap<string, SigningKeyRecord>> {
  const engine = nodeEngine()
  invariant(engine !== undefined, 'the authorization server runs on Node, which has node:crypto')
  const shadows = new Map<string, SigningKeyRecord>()
  for (const { kid, algorithm, activatesAtWallMs, ...schedule } of keys) {
    const making = { ...world, engine, masterKey: session.masterKey }
    const made = await createSigningKey(algorithm, activatesAtWallMs, making)
    const { retiresAtWallMs, compromisedAtWallMs, createdAtWallMs } = schedule
    const key = { ...made, retiresAtWallMs, compromisedAtWallMs, createdAtWallMs }
    const origin = { actor: 'drill', via: 'node', atWallMs: world.clock.wallMs() } as const
    await session.apply([{ type: 'signing_key_created', key }], origin)
    shadows.set(kid, key)
  }
  return shadows
}

/** One session for all nodes, each of which hears of changes as late as if it polled. */
function sharedStorage(base: StorageSession, clock: Clock): Storage {
  const listeners: (() => void)[] = []
  base.watch(() => {
    for (const listener of listeners) clock.schedule(registryPollIntervalMs, listener)
  })
  const session: StorageSession = {
    ...base,
    watch: (changed) => void listeners.push(changed),
    close: async () => undefined,
  }
  return { open: async () => session, masterKey: async () => base.masterKey }
}

/** A resource for each algorithm, and a client that may use all of them. */
async function registerProbe(servers: readonly AuthorizationServer[]): Promise<string> {
  const [first] = servers
  invariant(first !== undefined, 'a drill has nodes')
  for (const algorithm of signatureAlgorithms) {
    await first.registry.createResource({ id: resourceOf(algorithm), scope: 'drill', algorithm })
  }
  const resources = signatureAlgorithms.map(resourceOf)
  const created = await first.registry.createClient({ id: CLIENT, scope: 'drill', resources })
  invariant(created.ok, 'the client of a drill is well-formed')
  // What the others have not heard of yet they ask for.
  for (const server of servers) await server.keys.keys()
  return `Basic ${btoa(`${CLIENT}:${created.value.clientSecret?.reveal()}`)}`
}

function resourceOf(algorithm: SignatureAlgorithm): string {
  return `${ISSUER}/${algorithm}`
}

function nodeOf(server: AuthorizationServer, authorization: string): DrillNode {
  const get = async (path: string): Promise<string> =>
    await (await server.fetch(new Request(ISSUER + path))).text()
  const post = async (path: string, form: Record<string, string>): Promise<unknown> => {
    const body = new URLSearchParams(form)
    const request = new Request(ISSUER + path, { method: 'POST', body, headers: { authorization } })
    return await (await server.fetch(request)).json()
  }
  return {
    keys: server.keys,
    async token(algorithm) {
      const form = { grant_type: 'client_credentials', resource: resourceOf(algorithm) }
      const answer = (await post('/oauth/token', form)) as { readonly access_token: string }
      return answer.access_token
    },
    async isActive(token) {
      const answer = (await post('/oauth/introspect', { token })) as { readonly active: boolean }
      return answer.active
    },
    async publishedKids() {
      const { keys } = JSON.parse(await get('/oauth/jwks')) as { readonly keys: { kid: string }[] }
      return keys.map(({ kid }) => kid)
    },
    async feed() {
      const lines = splitFeed(await get('/oauth/revocations'))
      const feed = lines.ok ? parseFeedContent(lines.value.content) : lines
      invariant(feed.ok, 'the feed of our own node can be read')
      return feed.value
    },
  }
}
