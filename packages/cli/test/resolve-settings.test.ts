import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CommandFailure } from '../src/command-failure.ts'
import type { ConfiguredValues } from '../src/configuration-file.ts'
import { resolveSettings, type SettingSources } from '../src/resolve-settings.ts'
import { flagOf, type SettingName, settings, variableOf } from '../src/settings.ts'

const nothing: SettingSources = { flags: new Map(), environment: new Map(), file: new Map() }

function sources({
  flags = {},
  variables = {},
  file = {},
}: {
  flags?: Partial<Record<SettingName, string[]>>
  variables?: Record<string, string>
  file?: Partial<Record<SettingName, unknown>>
}): SettingSources {
  return {
    flags: new Map(Object.entries(flags)) as SettingSources['flags'],
    environment: new Map(Object.entries(variables)),
    file: new Map(Object.entries(file)) as ConfiguredValues,
  }
}

describe('resolving settings', () => {
  const all = {
    flags: { port: ['1'] },
    variables: { MINTMARK_PORT: '2' },
    file: { port: 3 },
  }
  const rows = [
    { given: all, value: 1, source: 'flag' },
    { given: { ...all, flags: {} }, value: 2, source: 'environment' },
    { given: { file: all.file }, value: 3, source: 'file' },
    { given: {}, value: 8080, source: 'default' },
  ]
  for (const { given, value, source } of rows) {
    it(`takes a value from the ${source} when nothing stands above it`, () => {
      const resolved = resolveSettings(['port'], sources(given))
      assert.equal(resolved.value('port'), value)
      assert.equal(resolved.source('port'), source)
    })
  }

  it('treats an empty variable as absent', () => {
    const resolved = resolveSettings(['port'], sources({ variables: { MINTMARK_PORT: '' } }))
    assert.equal(resolved.source('port'), 'default')
  })

  it('refuses an empty flag', () => {
    assertUsage(() => resolveSettings(['data'], sources({ flags: { data: [''] } })), /--data/)
  })

  it('lets the last of several flags count, and all of a repeatable one', () => {
    const resolved = resolveSettings(
      ['port', 'resource'],
      sources({ flags: { port: ['1', '2'], resource: ['urn:a', 'urn:b'] } }),
    )
    assert.equal(resolved.value('port'), 2)
    assert.deepEqual(resolved.value('resource'), ['urn:a', 'urn:b'])
  })

  it('splits lists in the environment at white space, and headers at line breaks', () => {
    const variables = {
      MINTMARK_RESOURCE: ' urn:a  urn:b ',
      MINTMARK_HEADER: 'accept: text/plain\r\nx-trace: 1',
    }
    const resolved = resolveSettings(['resource', 'header'], sources({ variables }))
    assert.deepEqual(resolved.value('resource'), ['urn:a', 'urn:b'])
    assert.deepEqual(resolved.value('header'), ['accept: text/plain', 'x-trace: 1'])
  })

  it('reads switches from the environment as true, 1, false and 0', () => {
    for (const [text, value] of [
      ['true', true],
      ['1', true],
      ['false', false],
      ['0', false],
    ] as const) {
      const resolved = resolveSettings(['json'], sources({ variables: { MINTMARK_JSON: text } }))
      assert.equal(resolved.value('json'), value)
    }
  })

  it('reads a rate with and without how many at once', () => {
    const flags = { limitAddress: ['60/60'], limitClient: ['600/60/100'] }
    const resolved = resolveSettings(['limitAddress', 'limitClient'], sources({ flags }))
    const minute = { windowSeconds: 60 }
    assert.deepEqual(resolved.value('limitAddress'), { ...minute, quota: 60, burst: undefined })
    assert.deepEqual(resolved.value('limitClient'), { ...minute, quota: 600, burst: 100 })
  })

  const unfit: readonly (readonly [SettingName, string])[] = [
    ['port', '-1'],
    ['port', '65536'],
    ['port', '80.5'],
    ['port', '0x50'],
    ['port', ' 80'],
    ['port', '1e3'],
    ['port', 'NaN'],
    ['ttl', '0'],
    ['ttl', '15m'],
    ['ttl', '9999999999999999'],
    ['alg', 'none'],
    ['alg', 'es256'],
    ['alg', 'HS256'],
    ['tokenFormat', 'paseto'],
    ['authMethod', 'none'],
    ['preset', 'toString'],
    ['issuer', 'issuer.example'],
    ['issuer', 'ftp://issuer.example'],
    ['issuer', 'https://name:word@issuer.example'],
    ['issuer', 'https://issuer.example/#part'],
    ['json', 'yes'],
    ['limitAddress', '60'],
    ['limitAddress', '60/'],
    ['limitAddress', '0/60'],
    ['limitAddress', '60/0'],
    ['limitAddress', '60/60/0'],
    ['limitAddress', '60/60/1/1'],
    ['limitAddress', '10001/1'],
    ['limitAddress', '1/2678401'],
    ['limitClient', '-1/60'],
    ['limitClient', '60 / 60'],
    ['redis', 'http://127.0.0.1:6379'],
    ['redis', '127.0.0.1:6379'],
    ['whenRedisUnavailable', 'hope'],
    ['forwardedHeader', 'x-real-ip'],
    ['data', 'a\0b'],
  ]
  for (const [name, text] of unfit) {
    it(`refuses ${JSON.stringify(text)} for ${name} without repeating it`, () => {
      const byFlag = () => resolveSettings([name], sources({ flags: { [name]: [text] } }))
      const byVariable = () =>
        resolveSettings([name], sources({ variables: { [variableOf(name)]: text } }))
      for (const [attempt, place] of [
        [byFlag, flagOf(name)],
        [byVariable, variableOf(name)],
      ] as const) {
        const message = assertUsage(attempt, new RegExp(`^${place} must be `))
        if (text.length > 4) assert.ok(!message.includes(text))
      }
    })
  }

  it('names flag, variable and key of a setting that is required and absent', () => {
    const resolved = resolveSettings(['clientId'], nothing)
    const message = assertUsage(() => resolved.required('clientId'), /--client-id/)
    assert.match(message, /MINTMARK_CLIENT_ID/)
    assert.match(message, /"clientId"/)
  })

  it('gives every setting one flag and one variable of its own', () => {
    const names = Object.keys(settings) as SettingName[]
    assert.equal(new Set(names.map(flagOf)).size, names.length)
    assert.equal(new Set(names.map(variableOf)).size, names.length)
    assert.equal(flagOf('clientSecretFile'), '--client-secret-file')
    assert.equal(variableOf('clientSecretFile'), 'MINTMARK_CLIENT_SECRET_FILE')
  })
})

function assertUsage(attempt: () => unknown, pattern: RegExp): string {
  let message = ''
  assert.throws(attempt, (error) => {
    assert.ok(error instanceof CommandFailure)
    assert.equal(error.exitCode, 2)
    message = error.message
    return true
  })
  assert.match(message, pattern)
  return message
}
