/** Lives of clients in which tokens are really had, renewed, refused and lost: what is printed here holds them. */
import type { TokenClient, TokenClientOptions } from '@mintmark/client'
import { type Clock, systemClock } from '@mintmark/runtime'
import { everyAuthentication, tolerated, withProofs } from './failure-drivers.ts'
import { knownSecrets } from './known-secrets.ts'

/** What a life takes place in. */
export interface LeakWorld {
  readonly origin: string
  readonly clientOf: (options: Partial<TokenClientOptions>) => TokenClient
  readonly print: (subject: unknown) => void
  /** The same for what belongs to another library, without what only a debugger shows. */
  readonly printForeign: (subject: unknown) => void
}

type Life = (world: LeakWorld) => Promise<void>

/** All of them. */
export const wholeLives: readonly Life[] = [
  withApis,
  withMalformedButUsableAnswers,
  withoutLifetimes,
  withAShortOutageBudget,
  withARepairedRegistration,
  withAnAcceptedNarrowScope,
  withAnIssuer,
  withEveryAuthentication,
  withProofsAndNonces,
  withARotatedSecret,
  withTooLongAWish,
]

async function withApis({ origin, clientOf, print }: LeakWorld): Promise<void> {
  const client = clientOf({ tokenEndpoint: `${origin}/token/good/with-apis` })
  const token = await client.token()
  print([token, client, client.currentToken(), client.token(), client.for({ scope: 'b' })])
  for (const place of ['refusing', 'always-refusing', 'failing', 'hanging-up', 'served']) {
    const body = knownSecrets.requestBody
    const sent = client.fetch(`${origin}/api/${place}`, { method: 'POST', body })
    // The answer itself is the caller's, with whatever the API put into it.
    const told = ({ status }: Response) => status
    print(await sent.then(told, (error: unknown) => error))
  }
  client.forget()
  print(client.explain())
}

async function withMalformedButUsableAnswers(world: LeakWorld): Promise<void> {
  for (const name of tolerated) await oneToken(world, { tokenEndpoint: name })
}

async function withoutLifetimes(world: LeakWorld): Promise<void> {
  await oneToken(world, { tokenEndpoint: 'without-lifetime' })
}

async function withAShortOutageBudget(world: LeakWorld): Promise<void> {
  await oneToken(world, { tokenEndpoint: 'brief', surviveOutageSeconds: 7_200 })
}

async function withAnAcceptedNarrowScope(world: LeakWorld): Promise<void> {
  await oneToken(world, { tokenEndpoint: 'narrowed', narrowedScope: 'accept' })
}

async function withEveryAuthentication(world: LeakWorld): Promise<void> {
  for (const clientAuthentication of everyAuthentication()) {
    await oneToken(world, { tokenEndpoint: 'good/authentication', clientAuthentication })
    world.print(clientAuthentication)
    world.print(await clientAuthentication.read())
  }
}

async function withProofsAndNonces({ origin, clientOf, print }: LeakWorld): Promise<void> {
  const senderBinding = withProofs()
  const tokenEndpoint = `${origin}/token/nonce-wanted-at-first`
  const client = clientOf({ tokenEndpoint, senderBinding })
  const { status } = await client.fetch(`${origin}/api/always-refusing`)
  print([status, senderBinding, await client.token(), client, client.explain()])
}

/** The first of two secrets is refused, the second is used from then on. */
async function withARotatedSecret(world: LeakWorld): Promise<void> {
  const clientSecret = [knownSecrets.otherClientSecret, knownSecrets.clientSecret]
  await oneToken(world, { tokenEndpoint: 'refused-at-first/rotated', clientSecret })
}

async function withTooLongAWish({ origin, clientOf, print }: LeakWorld): Promise<void> {
  const client = clientOf({ tokenEndpoint: `${origin}/token/good/long` })
  print([await client.token({ minTtlSeconds: 7_200 }), client.explain()])
}

async function withAnIssuer({ origin, clientOf, print }: LeakWorld): Promise<void> {
  const client = clientOf({ issuer: `${origin}/good` })
  print([await client.token(), client, client.explain()])
}

/** The circuit of the refused credential opens, and closes with the probe. */
async function withARepairedRegistration({ origin, clientOf, print }: LeakWorld): Promise<void> {
  const clock = movableClock()
  const client = clientOf({ tokenEndpoint: `${origin}/token/refused-at-first`, clock })
  print(await client.token().catch((error: unknown) => error))
  print(await client.token().catch((error: unknown) => error))
  clock.putForward(31_000)
  print([await client.token(), client.explain()])
}

async function oneToken(
  { origin, clientOf, print }: LeakWorld,
  options: Partial<TokenClientOptions> & { readonly tokenEndpoint: string },
): Promise<void> {
  const tokenEndpoint = `${origin}/token/${options.tokenEndpoint}`
  const client = clientOf({ ...options, tokenEndpoint })
  print([await client.token(), client.explain()])
}

/** The machine's clock, which a life can put forward. */
function movableClock(): Clock & { putForward(byMs: number): void } {
  let aheadMs = 0
  return {
    ...systemClock,
    wallMs: () => systemClock.wallMs() + aheadMs,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    putForward: (byMs) => {
      aheadMs += byMs
    },
  }
}
