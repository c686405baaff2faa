import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { discardBody } from '@mintmark/runtime'
import {
  createScriptedTransport,
  eventLoopTurns,
  jsonResponse,
  networkFailure,
  the,
} from '../src/index.ts'

describe('createScriptedTransport', () => {
  it('routes by origin and path, whatever the query', async () => {
    const { transport, respond } = createScriptedTransport()
    respond('https://api.example/a', () => new Response('a'))
    respond(new URL('https://api.example/b'), () => new Response('b'))
    respond('https://other.example/a', () => new Response('other a'))
    const texts = ['https://api.example/a?x=1', 'https://api.example/b', 'https://other.example/a']
    const answers = await Promise.all(texts.map(async (url) => (await transport(url)).text()))
    assert.deepEqual(answers, ['a', 'b', 'other a'])
  })

  it('records method, URL, headers and body in the order of the calls', async () => {
    const { transport, respond, requests } = createScriptedTransport()
    respond(the.tokenEndpoint, jsonResponse({}))
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    await Promise.all([
      transport(the.tokenEndpoint, { method: 'POST', body: form, headers: { accept: 'x/y' } }),
      transport(new Request(`${the.tokenEndpoint}?q=1`, { method: 'PUT', body: 'text' })),
      transport(the.tokenEndpoint),
    ])
    assert.deepEqual(
      requests.map(({ method, url, body }) => [method, url, body]),
      [
        ['POST', the.tokenEndpoint, 'grant_type=client_credentials'],
        ['PUT', `${the.tokenEndpoint}?q=1`, 'text'],
        ['GET', the.tokenEndpoint, ''],
      ],
    )
    assert.equal(requests[0]?.headers.get('accept'), 'x/y')
  })

  it('hands the responder a request whose body it can read', async () => {
    const { transport, respond } = createScriptedTransport()
    respond(the.tokenEndpoint, async (request) => new Response(`echo ${await request.text()}`))
    const response = await transport(the.tokenEndpoint, { method: 'POST', body: 'hello' })
    assert.equal(await response.text(), 'echo hello')
  })

  it('counts the requests to one URL', async () => {
    const { transport, respond, requestsTo } = createScriptedTransport()
    respond('https://api.example/a', new Response('a'))
    respond('https://api.example/b', new Response('b'))
    await transport('https://api.example/a?page=1')
    await transport('https://api.example/b')
    await transport('https://api.example/a?page=2')
    assert.equal(requestsTo('https://api.example/a').length, 2)
  })

  it('copies a given response for each request, also when bodies are discarded unread', async () => {
    const { transport, respond } = createScriptedTransport()
    respond('https://api.example/a', new Response('same', { status: 202, headers: { 'x-y': 'z' } }))
    await discardBody(await transport('https://api.example/a'))
    for (const _ of [1, 2]) {
      const response = await transport('https://api.example/a')
      assert.equal(response.status, 202)
      assert.equal(response.headers.get('x-y'), 'z')
      assert.equal(await response.text(), 'same')
    }
  })

  it('copies a response that has no body', async () => {
    const { transport, respond } = createScriptedTransport()
    respond('https://api.example/a', new Response(null, { status: 204 }))
    assert.equal((await transport('https://api.example/a')).status, 204)
  })

  it('lets a later answer replace an earlier one', async () => {
    const { transport, respond } = createScriptedTransport()
    respond('https://api.example/a', new Response('before'))
    respond('https://api.example/a', new Response('after'))
    assert.equal(await (await transport('https://api.example/a')).text(), 'after')
  })

  it('rejects and records a request that nobody scripted, without repeating its query', async () => {
    const { transport, requests } = createScriptedTransport()
    await assert.rejects(transport('https://api.example/a?access_token=x', { method: 'DELETE' }), {
      message: 'no answer is scripted for DELETE https://api.example/a',
    })
    assert.equal(requests.length, 1)
  })

  it('rejects with what a responder throws', async () => {
    const { transport, respond } = createScriptedTransport()
    respond('https://api.example/a', () => {
      throw networkFailure('ECONNREFUSED')
    })
    await assert.rejects(transport('https://api.example/a'), (error: TypeError) => {
      assert.equal((error.cause as { code: string }).code, 'ECONNREFUSED')
      return error instanceof TypeError
    })
  })

  it('rejects with the reason of an abort while the responder is still at work', async () => {
    const { transport, respond, requests } = createScriptedTransport()
    respond('https://api.example/a', () => new Promise<never>(() => undefined))
    const abort = new AbortController()
    const pending = transport('https://api.example/a', { signal: abort.signal })
    const reason = new Error('the caller left')
    await eventLoopTurns(2)
    abort.abort(reason)
    await assert.rejects(pending, reason)
    assert.equal(requests.length, 1)
  })

  it('sends nothing when the signal is aborted already', async () => {
    const { transport, requests } = createScriptedTransport()
    const reason = new Error('too late')
    const signal = AbortSignal.abort(reason)
    await assert.rejects(transport('https://api.example/a', { signal }), reason)
    assert.equal(requests.length, 0)
  })

  const redirects = [
    { redirect: 'error', outcome: 'rejects as fetch does', message: 'fetch failed' },
    {
      redirect: 'follow',
      outcome: 'says that it follows none',
      message: 'a scripted transport follows no redirect',
    },
  ] as const
  for (const { redirect, outcome, message } of redirects) {
    it(`${outcome} when a redirect meets redirect: '${redirect}'`, async () => {
      const { transport, respond } = createScriptedTransport()
      respond('https://api.example/a', Response.redirect('https://api.example/b', 307))
      await assert.rejects(transport('https://api.example/a', { redirect }), {
        name: 'TypeError',
        message,
      })
    })
  }

  it("returns a redirecting answer as it is under redirect: 'manual'", async () => {
    const { transport, respond } = createScriptedTransport()
    respond('https://api.example/a', Response.redirect('https://api.example/b', 307))
    const response = await transport('https://api.example/a', { redirect: 'manual' })
    assert.equal(response.status, 307)
    assert.equal(response.headers.get('location'), 'https://api.example/b')
  })
})
