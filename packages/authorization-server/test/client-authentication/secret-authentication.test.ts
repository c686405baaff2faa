import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact, serialiseBasicCredentials } from '@mintmark/protocol'
import { systemRandom } from '@mintmark/runtime'
import { the } from '@mintmark/testkit'
import {
  type Authentication,
  notAuthenticated,
} from '../../src/client-authentication/authentication.ts'
import { createImportedSecretChecker } from '../../src/client-authentication/imported-secrets/imported-secret-checker.ts'
import {
  chooseCredentials,
  type PresentedCredentials,
} from '../../src/client-authentication/presented-credentials.ts'
import { authenticateSecret } from '../../src/client-authentication/secret-authentication.ts'
import { generateClientSecret } from '../../src/registry/client-secret.ts'
import type { RegistrySnapshot } from '../../src/registry/registry-snapshot.ts'
import { createSecretDigester, type SecretDigester } from '../../src/registry/secret-digest.ts'
import { registryOf, someClient, someSecret } from '../registered.ts'

const now = the.nowSeconds * 1000
const digester = createSecretDigester(systemRandom.bytes(32))
const [next, current, brought] = [
  generateClientSecret(systemRandom).secret,
  generateClientSecret(systemRandom).secret,
  redact('client secret', 'a secret that somebody brought along'),
]
const expired = redact('client secret', 'a secret that has expired')
const retired = redact('client secret', 'a secret that was retired')

const record = (id: string, secret: typeof next, expiresAtWallMs?: number) =>
  someSecret(id, digester.digest(secret), { expiresAtWallMs })

const registry = registryOf(
  [],
  [
    someClient(the.clientId, {
      authenticationMethods: ['client_secret_post'],
      secrets: [
        record('s1', next, now + 1),
        record('s2', current),
        record('s3', brought),
        record('s4', expired, now),
        { ...record('s5', retired), retiredAtWallMs: now },
      ],
    }),
  ],
)

function authenticate(
  presented: PresentedCredentials,
  known: RegistrySnapshot,
  by: SecretDigester,
  nowWallMs: number,
): Authentication {
  const choice = chooseCredentials(presented)
  if (!choice.ok) return notAuthenticated(choice.reason, undefined)
  assert.ok(choice.chosen.kind === 'secret')
  const importedSecrets = createImportedSecretChecker()
  const judge = { registry: () => known, digester: by, importedSecrets, rehash: () => undefined }
  const authentication = authenticateSecret(choice.chosen, judge, nowWallMs)
  assert.ok(!(authentication instanceof Promise), 'no secret was imported')
  return authentication
}

const presenting = (secret: typeof next): PresentedCredentials => ({
  authorization: undefined,
  bodyClientId: the.clientId,
  bodyClientSecret: secret,
  assertion: undefined,
  assertionType: undefined,
})

for (const [name, secret] of Object.entries({ next, current, brought })) {
  test(`a client with several secrets may use the ${name} one [A2]`, () => {
    const authentication = authenticate(presenting(secret), registry, digester, now)
    assert.equal(authentication.ok && authentication.client.id, the.clientId)
  })
}

test('a secret is refused from the very instant of its expiry on [A2]', () => {
  const early = authenticate(presenting(expired), registry, digester, now - 1)
  const late = authenticate(presenting(expired), registry, digester, now)
  assert.equal(early.ok, true)
  assert.deepEqual(late, {
    ok: false,
    reason: 'secret_expired',
    clientId: the.clientId,
    detail: { secretId: 's4', endedSecondsAgo: 0 },
  })
})

test('a retired secret is refused, and known as such inside [A2]', () => {
  const authentication = authenticate(presenting(retired), registry, digester, now)
  assert.deepEqual(authentication, {
    ok: false,
    reason: 'secret_retired',
    clientId: the.clientId,
    detail: { secretId: 's5', endedSecondsAgo: 0 },
  })
})

for (const [who, bodyClientId, secret] of [
  ['an unknown client', 'nobody', current],
  ['a wrong secret of our format', the.clientId, generateClientSecret(systemRandom).secret],
  ['a wrong secret of another format', the.clientId, redact('client secret', 'a guess')],
] as const) {
  test(`${who} costs one digest, however many secrets the client has [A6]`, () => {
    let digests = 0
    const counting: SecretDigester = {
      digest: (text) => digester.digest(text),
      matching(text, records) {
        digests += 1
        return digester.matching(text, records)
      },
    }
    const presented = { ...presenting(secret), bodyClientId }
    assert.equal(authenticate(presented, registry, counting, now).ok, false)
    assert.equal(digests, 1)
  })
}

test('only a client that the registry knows is named in a refusal', () => {
  const unknown = authenticate(
    { ...presenting(current), bodyClientId: 'nobody' },
    registry,
    digester,
    now,
  )
  assert.ok(!unknown.ok)
  assert.deepEqual([unknown.reason, unknown.clientId], ['client_unknown', undefined])
})

const odd = 'svc+eu%20x'
const oddSecret = redact('client secret', 'p%ss+word & more')
const oddRegistry = registryOf(
  [],
  [
    someClient(odd, {
      authenticationMethods: ['client_secret_basic'],
      secrets: [record('s1', oddSecret)],
    }),
  ],
)

const withBasic = (encoding: 'form' | 'raw', bodyClientId?: string): PresentedCredentials => ({
  authorization: serialiseBasicCredentials(odd, oddSecret, encoding),
  bodyClientId,
  bodyClientSecret: undefined,
  assertion: undefined,
  assertionType: undefined,
})

for (const encoding of ['form', 'raw'] as const) {
  for (const bodyClientId of [undefined, odd]) {
    const beside = bodyClientId === undefined ? 'alone' : 'beside its id in the body'
    test(`an odd secret gets in as Basic credentials written the ${encoding} way, ${beside} [A1]`, () => {
      const presented = withBasic(encoding, bodyClientId)
      const authentication = authenticate(presented, oddRegistry, digester, now)
      assert.equal(authentication.ok && authentication.client.id, odd)
    })
  }
}

test('neither reading of Basic credentials gets in with an id of the other in the body [A1]', () => {
  const presented = withBasic('form', 'svc eu x')
  const authentication = authenticate(presented, oddRegistry, digester, now)
  assert.equal(!authentication.ok && authentication.reason, 'client_ids_differ')
})
