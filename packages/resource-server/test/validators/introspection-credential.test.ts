import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clientSecretPost, TokenAcquisitionError } from '@mintmark/client'
import { the } from '@mintmark/testkit'
import { carrying } from '../guard-world.ts'
import {
  active,
  answer,
  codeOf,
  ENDPOINT,
  failuresIn,
  inactive,
  introspectionWorld,
  opaque,
  questions,
} from './introspection-world.ts'

describe('the credential of the guard', () => {
  test('can be another method of the client package [R3]', async () => {
    const world = introspectionWorld({ clientAuthentication: clientSecretPost('s-1') })
    assert.equal(await codeOf(world), 'admitted')
    const form = new URLSearchParams(questions(world)[0]?.body)
    assert.deepEqual([form.get('client_id'), form.get('client_secret')], ['the-api', 's-1'])
  })

  test('can be several, while one replaces the other [R3]', async () => {
    const clientAuthentication = [clientSecretPost('next'), clientSecretPost('current')]
    const world = introspectionWorld({ clientAuthentication })
    world.network.respond(ENDPOINT, async (request) => {
      const form = new URLSearchParams(await request.text())
      const isRight = form.get('client_secret') === 'current'
      return new Response(isRight ? active() : '{}', { status: isRight ? 200 : 401 })
    })
    assert.equal(await codeOf(world), 'admitted')
    assert.equal(questions(world).length, 2)
    assert.equal(await codeOf(world, 'another'), 'admitted')
    assert.equal(questions(world).length, 3)
  })

  test('can be an access token of a token client [R3]', async () => {
    const asked: (readonly [string, RequestInit | undefined])[] = []
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      asked.push([String(url), init])
      return new Response(active())
    }
    const world = introspectionWorld({ client: { fetch: fetch as never } })
    assert.equal(await codeOf(world), 'admitted')
    assert.equal(asked[0]?.[0], ENDPOINT)
    assert.equal(asked[0]?.[1]?.method, 'POST')
    assert.equal(questions(world).length, 0)
  })

  test('that cannot be had is an outage, and its error goes nowhere [R3] [R4]', async () => {
    const secrets = [
      () => Promise.reject(new Error('hunter2')),
      () => {
        throw new Error('hunter2')
      },
      () => '',
    ]
    for (const clientSecret of secrets) {
      const world = introspectionWorld({ clientSecret })
      const verdict = await world.check(opaque)
      assert.equal(!verdict.admitted && verdict.status, 503)
      assert.deepEqual(failuresIn(world), ['credential_unavailable'])
      assert.doesNotMatch(JSON.stringify([verdict, world.events]), /hunter2/)
    }
    const fetch = () => Promise.reject(Object.create(TokenAcquisitionError.prototype))
    const world = introspectionWorld({ client: { fetch: fetch as never } })
    assert.equal(await codeOf(world), 'introspection_unavailable')
    assert.deepEqual(failuresIn(world), ['credential_unavailable'])
  })

  test('is in no event and no answer, and neither is the token [R4]', async () => {
    const world = introspectionWorld()
    const said: unknown[] = []
    for (const body of [active(), inactive, 'nonsense', active({ aud: 'x' })]) {
      answer(world, body)
      said.push(await world.guard.check(carrying(`${opaque.slice(0, -2)}${said.length}`)))
    }
    const text = JSON.stringify([said, world.events])
    assert.ok(!text.includes(the.clientSecret))
    assert.ok(!text.includes(opaque.slice(0, -2)))
  })
})
