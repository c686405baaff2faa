/** A world for a test of introspection: a guard that asks, and an issuer that answers as the test says. */
import type { JsonValue } from '@mintmark/protocol'
import type { GuardOptions } from '@mintmark/resource-server'
import { type IntrospectionOptions, introspection } from '@mintmark/resource-server/introspection'
import { jsonResponse, networkFailure, type RecordedRequest, some, the } from '@mintmark/testkit'
import { type GuardWorld, guardWorld } from '../guard-world.ts'

export const ENDPOINT = `${the.issuer}/oauth/introspect`

/** An opaque token that the issuer calls active unless a test says otherwise. */
export const opaque = 'mmo_Zm9yIG5vYm9keSdzIGV5ZXM.aGlkZGVu~x+y/z=='

export type Members = Readonly<Record<string, JsonValue | undefined>>

/** What the issuer says about an active token; `undefined` takes a member away. */
export function active(members: Members = {}): string {
  return JSON.stringify({
    active: true,
    token_type: 'Bearer',
    iss: the.issuer,
    sub: 'subject',
    aud: the.audience,
    client_id: the.clientId,
    scope: the.scope,
    jti: 'j-1',
    iat: the.nowSeconds - 10,
    exp: the.nowSeconds + 900,
    ...members,
  })
}

export const inactive = '{"active":false}'

/** `options` are merged over a client secret; every token is active at first. */
export function introspectionWorld(
  options: Partial<IntrospectionOptions> = {},
  guardOptions: GuardOptions = {},
): GuardWorld {
  const credential = { clientId: 'the-api', clientSecret: the.clientSecret }
  const isOther = options.client !== undefined || options.clientAuthentication !== undefined
  const caller = isOther ? { clientId: credential.clientId } : credential
  const world = guardWorld({
    introspection: introspection({ ...caller, ...options }),
    ...guardOptions,
  })
  const metadata = some.serverMetadata({ introspection_endpoint: ENDPOINT })
  world.network.respond(the.metadataUrl, jsonResponse(metadata))
  answer(world, active())
  return world
}

/** Answers every question with this body from now on. */
export function answer({ network }: GuardWorld, body: string, init: ResponseInit = {}): void {
  network.respond(ENDPOINT, () => jsonResponse(body, init))
}

export function offline({ network }: GuardWorld): void {
  network.respond(ENDPOINT, () => {
    throw networkFailure('ECONNREFUSED')
  })
}

/** Holds every question back until its answer is given. */
export function holding({ network }: GuardWorld): ((body: string) => void)[] {
  const held: ((body: string) => void)[] = []
  network.respond(
    ENDPOINT,
    () => new Promise((resolve) => held.push((body) => resolve(jsonResponse(body)))),
  )
  return held
}

export function questions({ network }: GuardWorld): readonly RecordedRequest[] {
  return network.requestsTo(ENDPOINT)
}

export async function codeOf(world: GuardWorld, token: string = opaque): Promise<string> {
  const verdict = await world.check(token)
  return verdict.admitted ? 'admitted' : verdict.code
}

export function failuresIn({ events }: GuardWorld): readonly string[] {
  return events.flatMap((event) => (event.type === 'introspection_failed' ? [event.failure] : []))
}
