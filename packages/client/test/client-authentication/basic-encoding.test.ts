import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  type TokenClientEvent,
} from '@mintmark/client'
import { findSecret, type Responder, the } from '@mintmark/testkit'
import { clientWorld, failureOf, tokenError } from '../client-world.ts'

const awkward = 'se cret/+&=%x9:se cret/+&=%x9'

async function suspicionsOf(
  clientAuthentication: ClientAuthentication,
  options: { readonly clientId?: string; readonly answer?: Responder } = {},
): Promise<readonly TokenClientEvent[]> {
  const { clientId = the.clientId, answer = tokenError('invalid_client', 401) } = options
  const { client, network, events } = clientWorld({ clientAuthentication, clientId })
  network.respond(the.tokenEndpoint, answer)
  await failureOf(client.token())
  await failureOf(client.for({ audience: 'a' }).token())
  assert.equal(findSecret(inspect(events, { depth: 9 }), awkward), undefined)
  return events.filter(({ type }) => type === 'basic_encoding_suspected')
}

test('suspects the encoding when Basic credentials are refused that servers read differently [C11]', async () => {
  const suspicion = [{ type: 'basic_encoding_suspected' }]
  for (const encoding of ['form', 'raw'] as const) {
    assert.deepEqual(await suspicionsOf(clientSecretBasic(awkward, { encoding })), suspicion)
    const plain = clientSecretBasic(the.clientSecret, { encoding })
    assert.deepEqual(await suspicionsOf(plain, { clientId: 'partner a' }), suspicion)
  }
})

test('suspects no encoding where none can be the reason [C11]', async () => {
  assert.deepEqual(await suspicionsOf(clientSecretBasic(the.clientSecret)), [])
  assert.deepEqual(await suspicionsOf(clientSecretPost(awkward)), [])
  const answer = tokenError('invalid_scope', 400)
  assert.deepEqual(await suspicionsOf(clientSecretBasic(awkward), { answer }), [])
})
