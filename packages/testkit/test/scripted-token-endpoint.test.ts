import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  eventLoopTurns,
  networkFailure,
  type ScriptedTokenEndpoint,
  scriptedTokenEndpoint,
  the,
} from '../src/index.ts'

const post = (endpoint: ScriptedTokenEndpoint): Promise<Response> =>
  Promise.resolve(endpoint.responder(new Request(the.tokenEndpoint, { method: 'POST' })))

const tokenOf = async (response: Response): Promise<unknown> =>
  ((await response.json()) as { access_token: unknown }).access_token

describe('scriptedTokenEndpoint', () => {
  it('hands out tokens by number and counts requests', async () => {
    const endpoint = scriptedTokenEndpoint()
    assert.equal(await tokenOf(await post(endpoint)), endpoint.token(1))
    assert.equal(await tokenOf(await post(endpoint)), endpoint.token(2))
    assert.notEqual(endpoint.token(1), endpoint.token(2))
    assert.equal(endpoint.requestCount, 2)
  })

  it('answers as RFC 6749 section 5.1 says, with the lifetime and members it is given', async () => {
    const endpoint = scriptedTokenEndpoint({
      expiresInSeconds: 300,
      overrides: { scope: undefined, token_type: 'bearer' },
    })
    const response = await post(endpoint)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.deepEqual(await response.json(), {
      access_token: endpoint.token(1),
      token_type: 'bearer',
      expires_in: 300,
    })
  })

  it('uses each fault once, in order, and none takes a token number', async () => {
    const endpoint = scriptedTokenEndpoint()
    endpoint.fail(
      () => new Response('busy', { status: 503 }),
      () => {
        throw networkFailure('ECONNRESET')
      },
    )
    assert.equal((await post(endpoint)).status, 503)
    await assert.rejects(post(endpoint), TypeError)
    assert.equal(await tokenOf(await post(endpoint)), endpoint.token(1))
    assert.equal(endpoint.requestCount, 3)
  })

  it('keeps answers back until they are released, in the order of arrival', async () => {
    const endpoint = scriptedTokenEndpoint()
    endpoint.hold()
    const answers = [post(endpoint), post(endpoint)]
    await eventLoopTurns(3)
    assert.deepEqual([endpoint.requestCount, endpoint.heldCount], [2, 2])
    endpoint.release()
    const tokens = await Promise.all(answers.map(async (answer) => tokenOf(await answer)))
    assert.deepEqual(tokens, [endpoint.token(1), endpoint.token(2)])
    assert.equal(endpoint.heldCount, 0)
    assert.equal(await tokenOf(await post(endpoint)), endpoint.token(3))
  })
})
