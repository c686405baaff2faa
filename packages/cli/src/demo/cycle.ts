/**
 * The life of an access token in steps, and the two rings of the API, each against the real servers and each with what
 * must come out of it.
 * A step reports what it saw; `differences` are what was not as expected.
 */
import { type AccessToken, createTokenClient, TokenAcquisitionError } from '@mintmark/client'
import { type Challenge, parseChallenges } from '@mintmark/protocol'
import { sleep, type Transport } from '@mintmark/runtime'
import { meetPartnerRing, meetPublicRing } from './ring-steps.ts'
import { partnerDoor, sandboxDoor } from './running-partner-api.ts'
import {
  apply,
  at,
  connect,
  type DemoTokenClient,
  type Stage,
  type Step,
  statusOf,
} from './stage.ts'

/** The steps, in order. Each stands for itself: none needs what another did. */
export const cycle: readonly Step[] = [
  { title: 'a token is requested and issued', run: obtainToken },
  {
    title: 'the API is called with it, and the cached token serves every further call',
    run: useCache,
  },
  { title: 'a token is renewed in the background before it expires', run: renewAhead },
  { title: 'a scope that the client does not have', run: lackScope },
  { title: 'a token that expires on the way: one new token, one retry', run: expireOnTheWay },
  { title: 'a token is revoked', run: revokeToken },
  { title: 'a wrong secret is tried once', run: useWrongSecret },
  { title: 'the public ring: 60 calls of an address in a minute', run: meetPublicRing },
  { title: 'the partner ring: a bucket for each client', run: meetPartnerRing },
]

async function obtainToken(stage: Stage): Promise<void> {
  const client = connect(stage, stage.parties.partner, partnerDoor)
  const token = await client.token()
  stage.tell(`issued    ${describe(token)}`)
  stage.expect(issuedCount(stage) === 1, 'one token request was made')
  stage.expect(token.tokenType === 'Bearer', 'the token is a Bearer token')
  await client.dispose()
}

async function useCache(stage: Stage): Promise<void> {
  const before = issuedCount(stage)
  const client = connect(stage, stage.parties.partner, partnerDoor)
  const { status, id } = await apply(client, stage, partnerDoor)
  stage.tell(`called    POST ${partnerDoor}/applications -> ${status}`)
  stage.expect(status === 201, 'the application is taken')
  const statuses = new Set<number>()
  const decision = `/applications/${id}/decision`
  for (let call = 0; call < 50; call++) {
    statuses.add(await statusOf(client.fetch(at(stage, partnerDoor, decision))))
  }
  stage.tell(`called    GET ${partnerDoor}${decision} -> 200`)
  stage.tell('          50 times with the token from the cache')
  stage.expect(statuses.size === 1 && statuses.has(200), 'every decision is told')
  stage.expect(issuedCount(stage) === before + 1, 'one token served all calls')
  await client.dispose()
}

async function renewAhead(stage: Stage): Promise<void> {
  const client = connect(stage, stage.parties.partner, sandboxDoor)
  const first = await client.token()
  const refusedBefore = guardRefusals(stage)
  stage.tell(`issued    ${describe(first)}`)
  let calls = 0
  let current = first
  while (current.fingerprint === first.fingerprint && calls < 200) {
    await readDecisions(client, stage, sandboxDoor)
    calls += 1
    await sleep(stage.clock, 50)
    current = await client.token()
  }
  const leftMs = first.expiresAt.getTime() - stage.clock.wallMs()
  stage.tell(`renewed   ${describe(current)}, with ${Math.round(leftMs)} ms of the old one left`)
  stage.expect(current.fingerprint !== first.fingerprint, 'a new token came')
  stage.expect(leftMs > 0, 'it came before the old one expired')
  stage.expect(guardRefusals(stage) === refusedBefore, `the API refused none of ${calls} calls`)
  await client.dispose()
}

async function lackScope(stage: Stage): Promise<void> {
  const before = issuedCount(stage)
  const client = connect(stage, stage.parties.applicant, partnerDoor)
  const { status, id } = await apply(client, stage, partnerDoor)
  stage.tell(`called    POST ${partnerDoor}/applications -> ${status}`)
  stage.expect(status === 201, 'the application is taken')
  const response = await client.fetch(at(stage, partnerDoor, `/decisions/${id}`))
  await response.body?.cancel()
  const challenge = bearerChallenge(response)
  const error = challenge?.parameters.get('error')
  stage.tell(`refused   GET ${partnerDoor}/decisions/${id} -> ${response.status} ${error}`)
  stage.tell(`          it takes the scope ${challenge?.parameters.get('scope')}`)
  stage.expect(response.status === 403, 'the answer is 403, not 401')
  stage.expect(error === 'insufficient_scope', 'the reason is insufficient_scope')
  stage.expect(issuedCount(stage) === before + 1, 'no other token was asked for')
  await client.dispose()
}

async function expireOnTheWay(stage: Stage): Promise<void> {
  const before = issuedCount(stage)
  const refusedBefore = guardRefusals(stage)
  const network = slowOnce(stage)
  const client = connect(stage, stage.parties.partner, sandboxDoor, network.transport)
  const token = await client.token()
  network.holdUntilWallMs(token.expiresAt.getTime() + 1_300)
  stage.tell(
    `issued    ${describe(token)}, and the network holds the call back until it has expired`,
  )
  const status = await readDecisions(client, stage, sandboxDoor)
  stage.tell(`called    GET ${sandboxDoor}/decisions -> 401, then with a new token ${status}`)
  stage.expect(status === 200, 'the caller sees a 200')
  stage.expect(guardRefusals(stage) === refusedBefore + 1, 'the API refused one call')
  stage.expect(issuedCount(stage) === before + 2, 'one new token was asked for')
  stage.expect(network.apiCalls() === 2, 'the call was repeated once')
  await client.dispose()
}

async function revokeToken(stage: Stage): Promise<void> {
  const { partner, authorizationServer } = stage.parties
  const client = connect(stage, partner, partnerDoor)
  const token = await client.token()
  const base = authorizationServer.server.tokenEndpoint.replace(/\/token$/, '')
  const ask = (endpoint: string): Promise<Response> =>
    stage.transport(`${base}/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams({
        token: token.reveal(),
        client_id: partner.id,
        client_secret: partner.secret.reveal(),
      }),
    })
  const isActive = async (): Promise<unknown> =>
    ((await (await ask('introspect')).json()) as { active?: unknown }).active
  const activeBefore = await isActive()
  const revocation = await ask('revoke')
  await revocation.body?.cancel()
  const activeAfter = await isActive()
  stage.tell(`asked     introspection says active: ${activeBefore}`)
  stage.tell(`revoked   -> ${revocation.status}; introspection says active: ${activeAfter}`)
  stage.expect(activeBefore === true, 'the token is active at first')
  stage.expect(revocation.status === 200, 'the revocation is accepted')
  stage.expect(activeAfter === false, 'the token is inactive afterwards')
  await client.dispose()
}

async function useWrongSecret(stage: Stage): Promise<void> {
  const before = refusedSecrets(stage)
  const { issuer } = stage.parties.authorizationServer.server
  const client = createTokenClient({
    issuer,
    clientId: stage.parties.partner.id,
    clientSecret: 'not-the-secret',
    resource: stage.parties.partnerApi.audience(partnerDoor),
    clock: stage.clock,
    transport: stage.transport,
  })
  const errors: unknown[] = []
  for (let call = 0; call < 3; call++) {
    await client.token().catch((error: unknown) => errors.push(error))
  }
  const [first] = errors
  const isTerminal = first instanceof TokenAcquisitionError && first.kind === 'terminal'
  const code = first instanceof TokenAcquisitionError ? first.oauthError : undefined
  stage.tell(`refused   ${code}; three calls failed at once, one request was made`)
  stage.expect(errors.length === 3 && isTerminal, 'the callers get a terminal error')
  stage.expect(code === 'invalid_client', 'the reason is invalid_client')
  stage.expect(refusedSecrets(stage) === before + 1, 'the secret was sent once')
  await client.dispose()
}

function readDecisions(client: DemoTokenClient, stage: Stage, door: string): Promise<number> {
  return statusOf(client.fetch(at(stage, door, '/decisions')))
}

interface SlowNetwork {
  readonly transport: Transport
  /** Holds the next call of the API back until that instant. */
  holdUntilWallMs(wallMs: number): void
  apiCalls(): number
}

/** The network, with one call of the API that takes its time. */
function slowOnce({ parties, clock, transport }: Stage): SlowNetwork {
  let heldUntilWallMs = 0
  let calls = 0
  return {
    async transport(input, init) {
      if (String(input).startsWith(parties.partnerApi.origin)) {
        calls += 1
        const waitMs = heldUntilWallMs - clock.wallMs()
        heldUntilWallMs = 0
        if (waitMs > 0) await sleep(clock, waitMs)
      }
      return transport(input, init)
    },
    holdUntilWallMs: (wallMs) => {
      heldUntilWallMs = wallMs
    },
    apiCalls: () => calls,
  }
}

function bearerChallenge(response: Response): Challenge | undefined {
  const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '')
  return challenges.find((challenge) => challenge.scheme === 'bearer')
}

function describe({ fingerprint, expiresAt }: AccessToken): string {
  return `token ${fingerprint}, expires ${expiresAt.toISOString().slice(11, 19)} UTC`
}

function issuedCount({ parties }: Stage): number {
  return parties.events.filter(({ type }) => type === 'token_issued').length
}

function guardRefusals({ parties }: Stage): number {
  return parties.events.filter((event) => event.type === 'request_refused' && 'code' in event)
    .length
}

function refusedSecrets({ parties }: Stage): number {
  return parties.events.filter(
    (event) =>
      event.type === 'request_refused' && 'reason' in event && event.reason === 'secret_wrong',
  ).length
}
