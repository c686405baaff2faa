import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RegisteredIdentity, simulateFederation } from '../../../src/index.ts'
import type { FederatedIdentity } from '../../../src/registry/client-settings.ts'
import { the } from '../../serving.ts'
import { someAssertion } from '../asserting.ts'

const now = the.nowSeconds

test('the simulator shows in what each identity differs [A6]', async () => {
  const identity = (more: Partial<FederatedIdentity>): RegisteredIdentity => ({
    clientId: 'c',
    identity: {
      ...{ kind: 'oidc', issuer: 'https://i.example', subject: 's', audience: undefined },
      ...{ jwksUri: undefined, ...more },
    },
  })
  const token = await someAssertion({ claims: { iss: 'https://i.example', sub: 's' } })
  const registered = [
    identity({}),
    identity({ issuer: 'https://j.example' }),
    identity({ subject: 't', audience: 'a' }),
    identity({ kind: 'spiffe' }),
  ]
  const server = { issuer: the.issuer, nowWallMs: now * 1000 }
  const { clientId, reason, identities } = simulateFederation(token, registered, server)
  assert.deepEqual([clientId, reason], ['c', undefined])
  assert.deepEqual(
    identities.map(({ differences }) => differences),
    [[], ['issuer'], ['subject', 'audience'], ['kind']],
  )
})

test('two clients with one identity need client_id, and are told apart by it [A6]', async () => {
  const identity: FederatedIdentity = {
    ...{ kind: 'oidc', issuer: 'https://i.example', subject: 's', audience: undefined },
    jwksUri: undefined,
  }
  const registered = ['a', 'b'].map((clientId) => ({ clientId, identity }))
  const token = await someAssertion({ claims: { iss: 'https://i.example', sub: 's' } })
  const server = { issuer: the.issuer, nowWallMs: now * 1000 }
  const alone = simulateFederation(token, registered, server)
  assert.equal(alone.reason, 'federated_identity_ambiguous')
  assert.equal(simulateFederation(token, registered, { ...server, clientId: 'b' }).clientId, 'b')
})
