import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { benchClients, SCOPES, tokenRequest, withWrongSecrets } from '../load/token-workload.ts'

describe('benchClients', () => {
  it('makes a thousand clients with an id, a secret and a scope of their own', () => {
    const clients = benchClients(1_000)
    for (const member of ['id', 'secret', 'scope'] as const) {
      assert.equal(new Set(clients.map((client) => client[member])).size, 1_000, member)
    }
  })

  it('asks only for scopes of the resource', () => {
    const asked = benchClients(1_023).flatMap(({ scope }) => scope.split(' '))
    assert.deepEqual([...new Set(asked)].toSorted(), SCOPES)
  })
})

describe('withWrongSecrets', () => {
  it('changes every secret and keeps its length', () => {
    const clients = benchClients(100)
    for (const [at, wrong] of withWrongSecrets(clients).entries()) {
      assert.notEqual(wrong.secret, clients[at]?.secret)
      assert.equal(wrong.secret.length, clients[at]?.secret.length)
    }
  })
})

describe('tokenRequest', () => {
  const [client] = benchClients(1)
  const request = tokenRequest(client ?? assert.fail(), '/oauth/token')
  const [head = '', body = ''] = request.split('\r\n\r\n')

  it('frames the body by its length', () => {
    assert.ok(head.includes(`\r\nContent-Length: ${body.length}`))
  })

  it('carries the credentials in a Basic header and the rest in the body', () => {
    const encoded = /^Authorization: Basic (\S+)$/m.exec(head)?.[1] ?? ''
    assert.equal(atob(encoded), `${client?.id}:${client?.secret}`)
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
      grant_type: 'client_credentials',
      scope: client?.scope,
      resource: 'https://api.example',
    })
  })
})
