/** What a step of the demo works with, and how it speaks to the servers. */
import { createTokenClient } from '@mintmark/client'
import { isJsonObject, type JsonValue, textMember } from '@mintmark/protocol'
import type { Clock, Transport } from '@mintmark/runtime'
import type { DemoClient, Parties } from './parties.ts'

/** One step of the cycle. */
export interface Step {
  readonly title: string
  run(stage: Stage): Promise<void>
}

/** What a step works with: the parties, the world, and two ways to speak. */
export interface Stage {
  readonly parties: Parties
  readonly clock: Clock
  readonly transport: Transport
  /** Says one line about what just happened. */
  tell(line: string): void
  /** Notes whether something is as it must be. */
  expect(isTrue: boolean, statement: string): void
}

/** A token client of the demo. */
export type DemoTokenClient = ReturnType<typeof createTokenClient>

/** A worker with the credentials of a client, for one door of the API. */
export function connect(
  { parties, clock, transport }: Stage,
  { id, secret }: DemoClient,
  door: string,
  network: Transport = transport,
): DemoTokenClient {
  return createTokenClient({
    issuer: parties.authorizationServer.server.issuer,
    clientId: id,
    clientSecret: secret.reveal(),
    resource: parties.partnerApi.audience(door),
    clock,
    transport: network,
  })
}

/** A URL of the API. */
export function at({ parties }: Stage, door: string, path: string): string {
  return parties.partnerApi.origin + door + path
}

/** Hands in an application. Returns the status and the identifier, which is empty where none was made. */
export async function apply(
  client: DemoTokenClient,
  stage: Stage,
  door: string,
): Promise<{ readonly status: number; readonly id: string }> {
  const response = await client.fetch(at(stage, door, '/applications'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'demo-1' },
    body: JSON.stringify({ applicant: 'Ada Lovelace', amount: 100_000, currency: 'EUR' }),
  })
  const document = (await response.json()) as JsonValue
  const id = isJsonObject(document) ? textMember(document, 'id') : undefined
  return { status: response.status, id: id ?? '' }
}

/** The status of a GET whose body nobody needs. */
export async function statusOf(reading: Promise<Response>): Promise<number> {
  const response = await reading
  await response.body?.cancel()
  return response.status
}
