/** Lives of two processes that share a store: what they tell each other must not be readable for the store either. */
import type { TokenClient } from '@mintmark/client'
import { createSealing, type StoreKey, sharedTokenStore } from '@mintmark/client/shared-store'
import { sleep, systemClock } from '@mintmark/runtime'
import { type MemorySharedStore, memorySharedStore, type StoreFaults } from '@mintmark/testkit'
import { knownSecrets } from './known-secrets.ts'
import type { LeakWorld } from './whole-lives.ts'

type Life = (world: LeakWorld) => Promise<void>

/** All of them. */
export const fleetLives: readonly Life[] = [
  withASharedToken,
  withAForeignKey,
  withALostLease,
  withAStoreInTrouble,
]

interface Process {
  readonly store: MemorySharedStore
  readonly tokenEndpoint: string
  readonly faults?: StoreFaults
  readonly secret?: string
}

/** A client as another process would have it; everything that passes through the store is printed. */
function processOf(world: LeakWorld, process: Process): TokenClient {
  const { store, tokenEndpoint, faults, secret = knownSecrets.storeKey } = process
  const driver = store.connect({
    ...faults,
    publication: (publication) => {
      world.print(publication)
      return undefined
    },
  })
  const keys: StoreKey = { id: secret.slice(0, 4), secret: Buffer.from(secret) }
  const sealing = createSealing({ keys: [keys], namingSecret: Buffer.from(knownSecrets.naming) })
  world.print([sealing, driver])
  const client = world.clientOf({
    tokenEndpoint: `${world.origin}/token/${tokenEndpoint}`,
    store: sharedTokenStore({ driver, sealing }),
  })
  world.print(client)
  return client
}

/** One gets the token, both have it; one learns that it is refused, both drop it. */
async function withASharedToken(world: LeakWorld): Promise<void> {
  const store = memorySharedStore({ clock: systemClock })
  const tokenEndpoint = 'good/shared'
  const [one, other] = [1, 2].map(() => processOf(world, { store, tokenEndpoint }))
  world.print([await one?.token(), await other?.token()])
  await one?.fetch(`${world.origin}/api/refusing`)
  await sleep(systemClock, 50)
  world.print([await other?.token(), one?.explain(), other?.explain()])
  await Promise.all([one?.dispose(), other?.dispose()])
}

/** The other has another key: it cannot read the entry, and says so. */
async function withAForeignKey(world: LeakWorld): Promise<void> {
  const store = memorySharedStore({ clock: systemClock })
  const tokenEndpoint = 'good/foreign'
  const one = processOf(world, { store, tokenEndpoint })
  const other = processOf(world, { store, tokenEndpoint, secret: knownSecrets.otherStoreKey })
  world.print([await one.token(), await other.token(), other.explain()])
  await Promise.all([one.dispose(), other.dispose()])
}

/** The store forgets who holds the lease while the request is under way, and another takes it. */
async function withALostLease(world: LeakWorld): Promise<void> {
  const store = memorySharedStore({ clock: systemClock })
  const tokenEndpoint = 'slow-at-first/shared'
  const [late, taker] = [1, 2].map(() => processOf(world, { store, tokenEndpoint }))
  const slow = late?.token()
  await sleep(systemClock, 100)
  store.wipe()
  world.print([await taker?.token(), await slow, late?.explain()])
  await Promise.all([late?.dispose(), taker?.dispose()])
}

/** The store fails at first, and is well again when it is asked a second later. */
async function withAStoreInTrouble(world: LeakWorld): Promise<void> {
  const store = memorySharedStore({ clock: systemClock })
  let isDown = true
  const faults: StoreFaults = { operation: () => (isDown ? 'fail' : undefined) }
  const client = processOf(world, { store, tokenEndpoint: 'good/trouble', faults })
  world.print(await client.token())
  isDown = false
  const hasRecovered = () => client.explain().some(({ event }) => event.type === 'store_recovered')
  while (!hasRecovered()) await sleep(systemClock, 50)
  world.print(client.explain())
  await client.dispose()
}
