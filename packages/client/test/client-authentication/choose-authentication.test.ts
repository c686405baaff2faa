import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveAuthentication } from '../../src/client-authentication/authentication-options.ts'
import { chooseAuthentication } from '../../src/client-authentication/choose-authentication.ts'
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
    assert.equal(chooseAuthentication(bare, methods)?.method, chosen, `${methods}`)
  }
})

test('uses the method that the caller or the preset chose, whatever the metadata says [C11]', () => {
  const clientAuthentication = clientSecretJson('a')
  const fixed = resolveAuthentication({ clientAuthentication }, 'partner-a', 'client_secret_post')
  assert.equal(chooseAuthentication(fixed, ['client_secret_basic']), clientAuthentication)
  const post = resolveAuthentication({ clientSecret: 'a' }, 'partner-a', 'client_secret_post')
  assert.equal(chooseAuthentication(post, ['client_secret_basic'])?.method, 'client_secret_post')
  const json = resolveAuthentication({ clientSecret: 'a' }, 'partner-a', 'client_secret_json')
  assert.equal(chooseAuthentication(json, undefined)?.bodyType, 'json')
})
