/** A remote key set in a scripted world, with `first` published, for the tests beside this file. */
import assert from 'node:assert/strict'
import {
  createRemoteJwkSet,
  isKeyRefusal,
  type JwkSetEvent,
  type KeyLookup,
  type PublicJwk,
  publicJwkOf,
  type RemoteJwkSet,
  type RemoteJwkSetOptions,
  serialiseJwkSet,
  type WantedKey,
} from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'
import {
  attackerKeys,
  createScriptedTransport,
  FakeClock,
  fixtureKeys,
  jsonResponse,
  type Responder,
  the,
} from '@mintmark/testkit'
import { theNodeEngine } from '../every-engine.ts'

/** The key that is published from the start, and the one a rotation brings. */
export const first = publicJwkOf(fixtureKeys.ES256)
export const second = { ...publicJwkOf(attackerKeys.ES256), kid: 'second' }
export const wanted = (kid: string | undefined): WantedKey => ({ alg: 'ES256', kid })

export const minute = 60_000
const highest: RandomSource = { bytes: (length) => new Uint8Array(length).fill(0xff) }

export interface World {
  readonly clock: FakeClock
  readonly events: JwkSetEvent[]
  readonly remote: RemoteJwkSet
  /** Requests so far. */
  fetches(): number
  publish(...keys: readonly PublicJwk[]): void
  respond(answer: Responder | Response): void
  /** Looks up a key and lets everything settle. */
  lookup(kid?: string): Promise<KeyLookup>
}

export function world(options: Partial<RemoteJwkSetOptions> = {}): World {
  const clock = new FakeClock()
  const events: JwkSetEvent[] = []
  const { transport, requests, respond } = createScriptedTransport()
  const remote = createRemoteJwkSet({
    url: the.jwksUri,
    engine: theNodeEngine(),
    clock,
    random: highest,
    transport,
    observer: (event) => events.push(event),
    ...options,
  })
  const it: World = {
    clock,
    events,
    remote,
    fetches: () => requests.length,
    publish: (...keys) => respond(the.jwksUri, jsonResponse(serialiseJwkSet(keys))),
    respond: (answer) => respond(the.jwksUri, answer),
    lookup: async (kid = first.kid ?? '') => {
      const lookup = remote.keyFor(wanted(kid))
      if (lookup instanceof Promise) await clock.advance(0)
      return lookup
    },
  }
  it.publish(first)
  return it
}

/** A world whose set was fetched just now. */
export async function warmWorld(options: Partial<RemoteJwkSetOptions> = {}): Promise<World> {
  const it = world(options)
  assert.equal(answer(await it.lookup()), first.kid)
  return it
}

/** A lookup in one word: the `kid` of the key, or the refusal. */
export function answer(lookup: KeyLookup): string | undefined {
  return isKeyRefusal(lookup) ? lookup.refusal : lookup.kid
}

export function inPlace(lookup: KeyLookup | Promise<KeyLookup>): string | undefined {
  return lookup instanceof Promise ? 'a promise' : answer(lookup)
}
