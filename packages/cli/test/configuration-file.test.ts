import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { readConfigurationFile } from '../src/configuration-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

function folderWith(test: TestContext, content: string): string {
  return temporaryFolder(test, { 'mintmark.config.json': content })
}

describe('the configuration file', () => {
  it('is optional in the working folder', async (t) => {
    assert.equal((await readConfigurationFile(undefined, temporaryFolder(t))).size, 0)
  })

  it('is required where --config names it', async (t) => {
    const folder = temporaryFolder(t)
    await assert.rejects(readConfigurationFile('other.json', folder), {
      code: 'config_unreadable',
      exitCode: 2,
      message: new RegExp(`${join(folder, 'other.json')} does not exist`),
    })
  })

  it('is a usage error when it is a folder', async (t) => {
    const folder = temporaryFolder(t)
    await assert.rejects(readConfigurationFile(folder, '/'), {
      code: 'config_unreadable',
      message: /is a folder/,
    })
  })

  it('gives each setting the type of its kind', async (t) => {
    const folder = folderWith(
      t,
      '{"port": 0, "json": true, "resource": ["urn:a"], "serves": "urn:b", "scope": "a b"}',
    )
    assert.deepEqual(
      [...(await readConfigurationFile(undefined, folder))],
      [
        ['port', 0],
        ['json', true],
        ['resource', ['urn:a']],
        ['serves', ['urn:b']],
        ['scope', 'a b'],
      ],
    )
  })

  it('resolves relative paths in it against its own folder', async (t) => {
    const folder = folderWith(t, '{"data": "state", "clientSecretFile": "-", "secretFile": "/s"}')
    const values = await readConfigurationFile(join(folder, 'mintmark.config.json'), '/elsewhere')
    assert.equal(values.get('data'), join(folder, 'state'))
    assert.equal(values.get('clientSecretFile'), '-')
    assert.equal(values.get('secretFile'), '/s')
  })

  const malformed = [
    '',
    'port: 80',
    '[]',
    'null',
    '"data"',
    '{"port": 80,}',
    '{"port": 80} trailing',
    '\uFEFF{"port": 80}',
    '{"port": 80, "p\\u006frt": 81}',
    `{"scope": "${'a'.repeat(70_000)}"}`,
    `{"scope": ${'['.repeat(10)}${']'.repeat(10)}}`,
  ]
  for (const content of malformed) {
    it(`is refused as malformed: ${JSON.stringify(content.slice(0, 40))}`, async (t) => {
      const folder = folderWith(t, content)
      await assert.rejects(readConfigurationFile(undefined, folder), {
        code: 'config_malformed',
        exitCode: 2,
        message: new RegExp(join(folder, 'mintmark.config.json')),
      })
    })
  }

  it('is refused when it is not UTF-8', async (t) => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'mintmark.config.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    await assert.rejects(readConfigurationFile(undefined, folder), { code: 'config_malformed' })
  })

  const unknown = ['admin-port', 'Port', 'config', '__proto__', 'toString', '', 'clientSecret']
  for (const key of unknown) {
    it(`is refused for the unknown key ${JSON.stringify(key)}`, async (t) => {
      const folder = folderWith(t, `{${JSON.stringify(key)}: "sesame-open-now"}`)
      await assert.rejects(readConfigurationFile(undefined, folder), (error: Error) => {
        assert.equal((error as { code?: unknown }).code, 'config_key_unknown')
        assert.ok(error.message.includes(`"${key}"`))
        assert.ok(error.message.includes(join(folder, 'mintmark.config.json')))
        assert.ok(!error.message.includes('sesame'))
        return true
      })
    })
  }

  it('tells where secrets belong instead', async (t) => {
    const folder = folderWith(t, '{"clientSecret": "x"}')
    await assert.rejects(readConfigurationFile(undefined, folder), { message: /clientSecretFile/ })
  })

  const wrongTypes = [
    '{"port": "80"}',
    '{"port": 80.5}',
    '{"port": -1}',
    '{"port": null}',
    '{"json": "true"}',
    '{"json": 1}',
    '{"scope": ["a"]}',
    '{"scope": ""}',
    '{"resource": [1]}',
    '{"resource": [["urn:a"]]}',
    '{"data": true}',
    '{"issuer": "issuer.example"}',
    '{"alg": "HS256"}',
    '{"ttl": 1e400}',
  ]
  for (const content of wrongTypes) {
    it(`is refused for a value that does not fit: ${content}`, async (t) => {
      const folder = folderWith(t, content)
      await assert.rejects(readConfigurationFile(undefined, folder), {
        code: 'config_value_malformed',
        exitCode: 2,
        message: /^"\w+" in .*mintmark\.config\.json must be /,
      })
    })
  }
})
