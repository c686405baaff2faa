import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveAuthentication } from '../../src/client-authentication/authentication-options.ts'
import { chooseAuthentications } from '../../src/client-authentication/choose-authentication.ts'
import { clientSecretJson } from '../../src/client-authentication/client-secret-json.ts'

const bare = resolveAuthentication({ clientSecret: 'a' }, 'partner-a', undefined)

test('uses for a bare secret what the metadata supports, Basic first [C11]', () => {
  const rows: readonly [methods: readonly string[] | undefined, chosen: string | undefined][] = [
    [undefined, 'client_secret_basic'],
    [['client_secret_basic'], 'client_secret_basic'],
    [['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
    [['private_key_jwt', 'client_secret_post'], 'client_secret_post'],
    [['private_key_jwt'], undefined],
    [[], undefined],
  ]
  for (const [methods, chosen] of rows) {
    assert.equal(chooseAuthentications(bare, methods)[0]?.method, chosen, `${methods}`)
  }
})

test('uses the method that the caller or the preset chose, whatever the metadata says [C11]', () => {
  const clientAuthentication = clientSecretJson('a')
  const fixed = resolveAuthentication({ clientAuthentication }, 'partner-a', 'client_secret_post')
  assert.deepEqual(chooseAuthentications(fixed, ['client_secret_basic']), [clientAuthentication])
  const post = resolveAuthentication({ clientSecret: 'a' }, 'partner-a', 'client_secret_post')
  assert.equal(
    chooseAuthentications(post, ['client_secret_basic'])[0]?.method,
    'client_secret_post',
  )
  const json = resolveAuthentication({ clientSecret: 'a' }, 'partner-a', 'client_secret_json')
  assert.equal(chooseAuthentications(json, undefined)[0]?.bodyType, 'json')
})

test('sends all secrets of a list in the same way [C11]', () => {
  const list = resolveAuthentication({ clientSecret: ['a', () => 'b'] }, 'partner-a', undefined)
  for (const [methods, method] of [
    [undefined, 'client_secret_basic'],
    [['client_secret_post'], 'client_secret_post'],
  ] as const) {
    const chosen = chooseAuthentications(list, methods)
    assert.deepEqual(
      chosen.map((authentication) => authentication.method),
      [method, method],
    )
  }
  assert.deepEqual(chooseAuthentications(list, ['private_key_jwt']), [])
})
