/** The forward-auth endpoint over sockets, with a judge that says what it was asked. */
import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { formatIpAddress } from '@mintmark/limits'
import { startLoopbackServer } from '@mintmark/testkit'
import { type CheckPlace, checkListener } from '../../src/forward-auth/check-listener.ts'
import { identityOf } from '../../src/forward-auth/identity-headers.ts'
import type { JudgedRequest, Judgement } from '../../src/forward-auth/judge.ts'
import { addressesBehind, loopbackNetworks } from '../../src/forward-auth/peers.ts'
import { someAdmission } from './some-admission.ts'

interface Answer {
  readonly status: number | undefined
  readonly rawHeaders: readonly string[]
  readonly body: string
}

async function endpoint(
  test: TestContext,
  {
    trusted = loopbackNetworks,
    ...more
  }: Partial<CheckPlace> & { trusted?: readonly string[] } = {},
) {
  const asked: JudgedRequest[] = []
  const noted: Judgement[] = []
  const place: CheckPlace = {
    ...{ mode: 'generic', scope: undefined },
    addresses: addressesBehind(trusted),
    judge: async (request) => {
      asked.push(request)
      return { admitted: true, identity: identityOf(someAdmission()) ?? [], fields: [] }
    },
    note: (judgement) => noted.push(judgement),
    ...more,
  }
  const server = await startLoopbackServer(checkListener(place))
  test.after(() => server.close())
  const ask = (path: string, headers: readonly string[] = []): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const all = ['host', 'a.example', ...headers]
      const request = send(server.origin, { path, headers: all }, async (response) => {
        const body = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode, rawHeaders: response.rawHeaders, body })
      })
      request.on('error', reject)
      request.end()
    })
  return { ask, asked, noted }
}

/** Whose request it is to a guard that trusts these proxies. */
function addressOf(request: JudgedRequest | undefined, trusted: readonly string[]) {
  assert(request !== undefined)
  const { socket, rawHeaders } = request.guarded
  const { remoteAddress } = socket as { readonly remoteAddress?: string }
  const values = rawHeaders?.filter((_, at) => rawHeaders[at - 1] === 'X-Forwarded-For')
  const { address } = addressesBehind(trusted).read(remoteAddress, values)
  assert(address !== undefined)
  return formatIpAddress(address)
}

describe('the forward-auth endpoint', () => {
  it('asks for the scope of the guard and that of the target together', async (t) => {
    const { ask, asked } = await endpoint(t, { scope: 'base' })
    await ask('/check?scope=decisions:read')
    await ask('/check')
    await ask('/check/scope=a/path?scope=b')
    assert.deepEqual(
      asked.map(({ scope }) => scope),
      ['base decisions:read', 'base', 'base a'],
    )
  })

  it('tells what the client asked for, by the word of a trusted proxy', async (t) => {
    const fields = ['X-Forwarded-Method', 'POST', 'X-Forwarded-Uri', '/a?b', 'X-Original-URI', '/c']
    const forwarded = [...fields, 'X-Forwarded-For', '203.0.113.7', 'X-Forwarded-Host', 'evil']
    const { ask, asked } = await endpoint(t)
    await ask('/check', forwarded)
    await ask('/check/scope=/d?e')
    assert.deepEqual(
      asked.map(({ guarded }) => [guarded.method, guarded.url]),
      [
        ['POST', '/a?b'],
        ['GET', '/d?e'],
      ],
    )
    assert.equal(addressOf(asked[0], loopbackNetworks), '203.0.113.7')
  })

  it('believes nothing of that from anybody else', async (t) => {
    const fields = ['X-Forwarded-Method', 'POST', 'X-Forwarded-Uri', '/a']
    const { ask, asked } = await endpoint(t, { trusted: ['192.0.2.1'] })
    await ask('/check', [...fields, 'X-Forwarded-For', '203.0.113.7'])
    await ask('/check/scope=/d')
    for (const request of asked) {
      const { guarded } = request
      assert.deepEqual([guarded.method, guarded.url], [undefined, undefined])
      assert.equal(addressOf(request, ['192.0.2.1']), '127.0.0.1')
    }
  })

  it('refuses a hostile request without judging it, and a target that it does not understand', async (t) => {
    const { ask, asked, noted } = await endpoint(t)
    assert.equal((await ask('/check', ['Mintmark_Client', 'admin'])).status, 400)
    assert.equal((await ask('/check', ['Connection', 'close, authorization'])).status, 400)
    assert.equal((await ask('/check?skip=1')).status, 500)
    assert.equal((await ask('/')).status, 500)
    assert.equal(asked.length, 0)
    assert.equal(noted.length, 4)
  })

  it('passes on all Authorization fields, so that the guard sees a second one', async (t) => {
    const { ask, asked } = await endpoint(t)
    await ask('/check', ['Authorization', 'Bearer a', 'authorization', 'Bearer b'])
    const values = asked[0]?.guarded.rawHeaders?.filter((text) => text.startsWith('Bearer '))
    assert.deepEqual(values, ['Bearer a', 'Bearer b'])
  })
})
