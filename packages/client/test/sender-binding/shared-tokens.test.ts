import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dpop, type TokenClientOptions } from '@mintmark/client'
import { type Sealing, sharedTokenStore } from '@mintmark/client/shared-store'
import {
  attackerKeys,
  findSecret,
  fixtureKeys,
  memorySharedStore,
  seededRandom,
  transparentSealing,
} from '@mintmark/testkit'
import { clientWorld } from '../client-world.ts'

/** What one process is bound by. */
type Binding = Pick<TokenClientOptions, 'senderBinding' | 'certificateBound'>

/** A fleet of one process for each binding, with one store, and everything that went into it. */
function fleet(bindings: readonly Binding[], tokenType: string) {
  const first = clientWorld({}, { overrides: { token_type: tokenType } })
  const { clock, network, tokenEndpoint } = first
  const stored: string[] = []
  const plain = transparentSealing()
  const sealing: Sealing = {
    ...plain,
    nameOf: (kind, text) => {
      stored.push(text)
      return plain.nameOf(kind, text)
    },
    seal: (name, generation, text) => {
      stored.push(text.reveal())
      return plain.seal(name, generation, text)
    },
  }
  const driver = memorySharedStore({ clock })
  const clients = bindings.map((binding, number) => {
    const store = sharedTokenStore({ driver: driver.connect(), sealing })
    const random = seededRandom(number)
    return clientWorld({ ...binding, clock, random, store, transport: network.transport }).client
  })
  return { clients, stored, tokenEndpoint }
}

test('shares tokens where key or certificate are the same, and nowhere else [C1] [C8] [C13]', async () => {
  const { ES256: key, EdDSA: otherKey } = fixtureKeys
  const rows: readonly [what: string, tokenType: string, bindings: Binding[], requests: number][] =
    [
      ['no binding', 'Bearer', [{}, {}], 1],
      ['keys of their own', 'DPoP', [{ senderBinding: dpop() }, { senderBinding: dpop() }], 2],
      ['one key', 'DPoP', [{ senderBinding: dpop({ key }) }, { senderBinding: dpop({ key }) }], 1],
      [
        'two keys',
        'DPoP',
        [{ senderBinding: dpop({ key }) }, { senderBinding: dpop({ key: otherKey }) }],
        2,
      ],
      ['some certificate', 'Bearer', [{ certificateBound: true }, { certificateBound: true }], 2],
      [
        'one certificate',
        'Bearer',
        [{ certificateBound: { thumbprint: 'a' } }, { certificateBound: { thumbprint: 'a' } }],
        1,
      ],
      [
        'two certificates',
        'Bearer',
        [{ certificateBound: { thumbprint: 'a' } }, { certificateBound: { thumbprint: 'b' } }],
        2,
      ],
    ]
  for (const [what, tokenType, bindings, requests] of rows) {
    const { clients, tokenEndpoint } = fleet(bindings, tokenType)
    const tokens = []
    for (const client of clients) tokens.push(await client.token())
    assert.equal(tokenEndpoint.requestCount, requests, what)
    assert(tokens.every((token) => token.tokenType === tokenType))
    await Promise.all(clients.map((client) => client.dispose()))
  }
})

test('puts no private key into the store [C9] [C13]', async () => {
  const senderBinding = dpop({ key: attackerKeys.ES256 })
  const { clients, stored } = fleet([{ senderBinding }, { senderBinding }], 'DPoP')
  for (const client of clients) await client.token()
  const everything = stored.join('\n')
  assert.notEqual(everything, '')
  assert.equal(findSecret(everything, attackerKeys.ES256.d), undefined)
  await Promise.all(clients.map((client) => client.dispose()))
})
