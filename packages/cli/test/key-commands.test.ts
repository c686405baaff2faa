import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { the } from '@mintmark/testkit'
import { drillLines } from '../src/key-drill.ts'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function shellWithKey(test: TestContext) {
  const workingFolder = temporaryFolder(test, {})
  let laterMs = -1_000
  const step = (argv: readonly string[]) => {
    laterMs += 1_000
    return run(argv, { workingFolder, laterMs })
  }
  const json = async (argv: readonly string[]) => {
    const result = await step([...argv, '--json'])
    assert.equal(result.exitCode, 0, result.notices)
    return JSON.parse(result.output)
  }
  await json(['resource', 'create', '--id', the.audience, '--scope', 'a'])
  return { step, json }
}

describe('mintmark key', () => {
  it('lists the key that the first resource made [A8]', async (t) => {
    const { step, json } = await shellWithKey(t)
    const { keys } = await json(['key', 'list'])
    assert.equal(keys.length, 1)
    assert.deepEqual(
      { ...keys[0], kid: keys[0].kid.length },
      {
        kid: 43,
        alg: 'ES256',
        state: 'active',
        signer: null,
        created_at: '2026-11-23T12:00:00.000Z',
        activates_at: '2026-11-23T12:00:00.000Z',
        retires_at: null,
        compromised_at: null,
      },
    )
    const { output } = await step(['key', 'list'])
    assert.match(output, /^KEY +ALGORITHM +STATE +SINCE, UNTIL\n\S{43} +ES256 +active +signs since/)
  })

  it('publishes the next key first, and the same one however often it is asked [A8]', async (t) => {
    const { step, json } = await shellWithKey(t)
    const next = await json(['key', 'rotate'])
    assert.equal(next.created, true)
    assert.equal(next.state, 'next')
    assert.equal(next.activates_at, '2026-11-23T13:00:01.000Z')
    const again = await json(['key', 'rotate', '--alg', 'ES256'])
    assert.deepEqual([again.created, again.kid], [false, next.kid])
    const now = await json(['key', 'rotate', '--immediately'])
    assert.deepEqual([now.kid, now.state], [next.kid, 'active'])
    const { output } = await step(['key', 'list'])
    assert.match(output, /retiring +signed since .*, published until 2026-11-30T13:00:03.000Z/)
  })

  it('withdraws a key and lets another sign in its place [A8]', async (t) => {
    const { step, json } = await shellWithKey(t)
    const [{ kid }] = (await json(['key', 'list'])).keys
    const withdrawn = await json(['key', 'compromise', kid])
    assert.equal(withdrawn.state, 'compromised')
    assert.equal(withdrawn.replacement.state, 'active')
    const { output } = await step(['key', 'compromise', kid])
    assert.equal(output, `key ${kid} withdrawn; every token that it signed is revoked\n`)
    const { keys } = await json(['key', 'list'])
    assert.deepEqual(keys.map((key: { state: string }) => key.state).toSorted(), [
      'active',
      'compromised',
    ])
  })

  it('tells what a drill found, and refuses one for a key that is not there [A8]', async (t) => {
    const times = { withdrawnMs: 1, announcedMs: 2, replacedMs: 3, inactiveMs: undefined }
    const drill = { kid: 'k', state: 'active', nodes: 3, times, safeAfterMs: undefined } as const
    assert.deepEqual(drillLines({ ...drill, cachedForSeconds: 300 }), [
      'drill for key k on a copy with 3 nodes; nothing was changed',
      '  safe everywhere                    not within ten seconds',
      '  out of every JWK Set               after 1 ms',
      '  in every revocation feed           after 2 ms',
      '  another key signs                  after 3 ms',
      '  its tokens introspect as inactive  not within ten seconds',
      'resource servers that do not follow the feed trust it for up to 300 s more',
    ])
    const { step } = await shellWithKey(t)
    const refused = await step(['key', 'compromise', 'nobody', '--drill'])
    assert.equal(refused.exitCode, 1)
    assert.match(refused.notices, /there is no signing key "nobody"/)
  })

  it('knows no key that is not there, and no folder either', async (t) => {
    const { step } = await shellWithKey(t)
    const unknown = await step(['key', 'compromise', 'nobody'])
    assert.equal(unknown.exitCode, 1)
    assert.match(unknown.notices, /there is no signing key "nobody"/)
    assert.equal((await step(['key', 'list', '--data', './elsewhere'])).exitCode, 1)
    assert.match((await step(['key', 'compromise', '--kid=-a'])).notices, /no signing key "-a"/)
    assert.equal((await step(['key', 'compromise'])).exitCode, 2)
    assert.equal((await step(['key', 'rotate', '--alg', 'HS256'])).exitCode, 2)
  })
})

describe('mintmark revoke', () => {
  it('revokes every token of a client [A9]', async (t) => {
    const { step, json } = await shellWithKey(t)
    await json(['client', 'create', '--id', the.clientId, '--scope', 'a'])
    assert.deepEqual(await json(['revoke', '--client', the.clientId]), {
      client_id: the.clientId,
      revoked: true,
    })
    const { output } = await step(['revoke', '--client', the.clientId])
    assert.match(output, /^every token that client partner-a has by now is revoked\n$/)
  })

  it('does not take a mistyped name for a client [A9]', async (t) => {
    const { step } = await shellWithKey(t)
    const { exitCode, notices } = await step(['revoke', '--client', 'partner-aa'])
    assert.equal(exitCode, 1)
    assert.match(notices, /client "partner-aa" is not registered/)
    assert.equal((await step(['revoke'])).exitCode, 2)
  })
})
