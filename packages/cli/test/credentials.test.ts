import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { findSecret, the } from '@mintmark/testkit'
import { clientSecretOf, clientSecretSource, readSecret } from '../src/credentials.ts'
import { resolveSettings } from '../src/resolve-settings.ts'
import { scriptedEdge } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

const secret = the.clientSecret

describe('reading a secret', () => {
  const good: readonly (readonly [string, string])[] = [
    ['as it is', secret],
    ['with a line break at the end', `${secret}\n`],
    ['with a Windows line break at the end', `${secret}\r\n`],
  ]
  for (const [title, content] of good) {
    it(`takes it from a file ${title}, hidden from print [C10]`, async (t) => {
      const workingFolder = temporaryFolder(t, { secret: content })
      const read = await readSecret('secret', scriptedEdge({ workingFolder }).edge)
      assert.equal(read.reveal(), secret)
      assert.equal(findSecret(`${read} ${JSON.stringify({ read })}`, secret), undefined)
    })
  }

  it('takes it from standard input', async () => {
    const read = await readSecret('-', scriptedEdge({ input: `${secret}\n` }).edge)
    assert.equal(read.reveal(), secret)
  })

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['empty', '', /is empty/],
    ['only a line break', '\n', /is empty/],
    ['two lines', `${secret}\n${secret}\n`, /more than one line/],
    ['two line breaks', `${secret}\n\n`, /more than one line/],
    ['a space before it', ` ${secret}`, /white space/],
    ['a tab after it', `${secret}\t`, /white space/],
    ['a control character', `${secret}\u0000${secret}`, /control characters/],
    ['too long', secret.repeat(200), /longer than 4096 bytes/],
  ]
  for (const [title, content, complaint] of bad) {
    it(`refuses content that is wrong (${title}) and names the place only`, async (t) => {
      const workingFolder = temporaryFolder(t, { secret: content })
      for (const place of ['secret', '-']) {
        const { edge } = scriptedEdge({ workingFolder, input: content })
        await assert.rejects(readSecret(place, edge), (error: Error) => {
          assert.equal((error as { code?: unknown }).code, 'secret_malformed')
          assert.match(error.message, complaint)
          assert.equal(findSecret(error.stack ?? '', secret), undefined)
          return true
        })
      }
    })
  }

  it('refuses a file that is not text', async (t) => {
    const workingFolder = temporaryFolder(t)
    writeFileSync(join(workingFolder, 'secret'), Buffer.from([0xff, 0xfe, 0x41]))
    const { edge } = scriptedEdge({ workingFolder })
    await assert.rejects(readSecret('secret', edge), { code: 'secret_malformed' })
  })

  it('gives up on a file without an end', async () => {
    const { edge } = scriptedEdge()
    await assert.rejects(readSecret('/dev/zero', edge), { code: 'secret_malformed' })
  })

  it('names a file that does not exist, and a folder', async (t) => {
    const workingFolder = temporaryFolder(t)
    mkdirSync(join(workingFolder, 'folder'))
    const { edge } = scriptedEdge({ workingFolder })
    await assert.rejects(readSecret('absent', edge), {
      code: 'secret_unreadable',
      exitCode: 1,
      message: 'the secret file absent does not exist',
    })
    await assert.rejects(readSecret('folder', edge), { message: /folder is a folder/ })
  })
})

describe('finding the client secret', () => {
  function found(given: { flag?: string; variables?: Record<string, string>; file?: string }) {
    const variables = given.variables ?? {}
    const settings = resolveSettings(['clientSecretFile'], {
      flags: new Map(given.flag === undefined ? [] : [['clientSecretFile', [given.flag]]]),
      environment: new Map(Object.entries(variables)),
      file: new Map(given.file === undefined ? [] : [['clientSecretFile', given.file]]),
    })
    return clientSecretOf(settings, scriptedEdge({ variables, input: 'from-input' }).edge)
  }

  it('prefers the flag to the variable, and the variable to the configuration file', async () => {
    const variables = { MINTMARK_CLIENT_SECRET: 'from-variable' }
    assert.equal((await found({ flag: '-', variables })).reveal(), 'from-input')
    assert.equal((await found({ variables, file: '-' })).reveal(), 'from-variable')
    assert.equal((await found({ file: '-' })).reveal(), 'from-input')
    const fileVariable = { MINTMARK_CLIENT_SECRET_FILE: '-' }
    assert.equal((await found({ variables: fileVariable })).reveal(), 'from-input')
  })

  it('refuses two variables that say different things', async () => {
    const variables = { MINTMARK_CLIENT_SECRET: 'a', MINTMARK_CLIENT_SECRET_FILE: '-' }
    await assert.rejects(found({ variables }), { code: 'client_secret_ambiguous', exitCode: 2 })
  })

  it('gives a process that goes on what is in the file at the moment', async (t) => {
    const workingFolder = temporaryFolder(t, { secret: 'first\n' })
    const settings = (flag: string) =>
      resolveSettings(['clientSecretFile'], {
        flags: new Map([['clientSecretFile', [flag]]]),
        ...{ environment: new Map(), file: new Map() },
      })
    const { edge } = scriptedEdge({ workingFolder, input: 'from-input' })
    const source = await clientSecretSource(settings('secret'), edge)
    assert.equal(await source(), 'first')
    writeFileSync(join(workingFolder, 'secret'), 'second')
    assert.equal(await source(), 'second')
    const once = await clientSecretSource(settings('-'), edge)
    assert.deepEqual([await once(), await once()], ['from-input', 'from-input'])
    const absent = clientSecretSource(settings('absent'), edge)
    await assert.rejects(absent, { code: 'secret_unreadable', exitCode: 1 })
  })

  it('says how to give one that is missing', async () => {
    const { message } = await found({ variables: { MINTMARK_CLIENT_SECRET: '' } }).then(
      () => assert.fail('there is no secret'),
      (error: Error) => error,
    )
    assert.match(message, /--client-secret-file FILE .* MINTMARK_CLIENT_SECRET/)
  })
})
