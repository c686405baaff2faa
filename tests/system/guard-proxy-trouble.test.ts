/** `mintmark guard --upstream` with an API that is slow, gone or broken, and with long bodies. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually, startLoopbackServer } from '@mintmark/testkit'
import { field, rawRequest } from './forward-auth-world.ts'
import { rawServer, proxyWorld as world } from './guard-proxy-world.ts'

describe('the guard in front of an API that misbehaves', () => {
  it('answers 502 when the API is not there or talks nonsense, 504 when it says nothing', async (t) => {
    const gone = await startLoopbackServer(() => undefined)
    await gone.close()
    const silent = await rawServer(t, () => undefined)
    const nonsense = await rawServer(t, (socket) => socket.end('SSH-2.0-a\r\n'))
    const hasty = await rawServer(t, (socket) => socket.end())
    const switching = await rawServer(t, (socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n'),
    )
    const huge = await rawServer(t, (socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`),
    )
    const cases = [
      [gone.origin, 502],
      [silent, 504],
      [nonsense, 502],
      [hasty, 502],
      [switching, 502],
      [huge, 502],
    ] as const
    for (const [origin, status] of cases) {
      const { good, ask } = await world(t, origin, '--upstream-timeout-seconds', '1')
      const answer = await ask('GET /a', good)
      assert.equal(answer.status, status, origin)
      assert.equal(field(answer, 'content-type'), 'application/problem+json')
      assert.equal(JSON.parse(answer.body).status, status)
    }
  })

  it('passes on an answer that breaks off as one that breaks off', async (t) => {
    const origin = await rawServer(t, (socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
    })
    const { good, guard } = await world(t, origin)
    const headers = { authorization: good.replace('Authorization: ', '') }
    const response = await fetch(`${guard.origin}/a`, { headers })
    assert.equal(response.status, 200)
    await assert.rejects(response.text())
  })

  it('refuses a body that is too long, announced or not', async (t) => {
    const { api, good, send } = await world(t, undefined, '--body-bytes-max', '10')
    const announced = rawRequest('POST /a', good, 'Content-Length: 11')
    assert.equal((await send(`${announced}12345678901`))[0]?.status, 413)
    assert.equal(api.requests.length, 0)
    const chunked = rawRequest('POST /a', good, 'Transfer-Encoding: chunked')
    assert.equal((await send(`${chunked}b\r\n12345678901\r\n0\r\n\r\n`))[0]?.status, 413)
    assert.equal(api.requests.length, 0)
    const [fits] = await send(`${chunked}a;ext=1\r\n1234567890\r\n0\r\nMintmark-Client: x\r\n\r\n`)
    assert.equal(fits?.status, 200)
    assert.equal(api.requests[0]?.body, '1234567890')
  })

  it('streams both ways: the answer begins before the request has ended', async (t) => {
    const api = await startLoopbackServer(async (request, response) => {
      response.writeHead(200)
      for await (const chunk of request) response.write(chunk)
      response.end()
    })
    t.after(() => api.close())
    const { good, guard } = await world(t, api.origin)
    const [sent, received] = [new TransformStream(), { text: '' }]
    const writer = sent.writable.getWriter()
    const response = fetch(`${guard.origin}/a`, {
      ...{ method: 'POST', body: sent.readable, duplex: 'half' },
      headers: { authorization: good.replace('Authorization: ', '') },
    } as RequestInit)
    void writer.write(new TextEncoder().encode('one '))
    const body = (await response).body?.getReader()
    const decoder = new TextDecoder()
    received.text += decoder.decode((await body?.read())?.value)
    assert.equal(received.text, 'one ')
    void writer.write(new TextEncoder().encode('two'))
    void writer.close()
    received.text += decoder.decode((await body?.read())?.value)
    assert.equal(received.text, 'one two')
  })

  it('keeps its connection to the API, and sends what follows over it', async (t) => {
    const connections = new Set<unknown>()
    const api = await startLoopbackServer((request, response) => {
      connections.add(request.socket)
      request.resume().on('end', () => response.end('ok'))
    })
    t.after(() => api.close())
    const { good, ask } = await world(t, api.origin)
    for (const length of [0, 3, 0, 3]) {
      const body = `Content-Length: ${length}\r\n\r\n${'abc'.slice(0, length)}`
      assert.equal((await ask('POST /a', good, body)).status, 200)
    }
    assert.equal((await ask('GET /a', good)).body, 'ok')
    assert.equal(connections.size, 1)
  })

  it('sends a request again that met a connection which the API had just closed', async (t) => {
    let connections = 0
    const origin = await rawServer(t, (socket) => {
      connections += 1
      let requests = 0
      socket.on('data', () => {
        requests += 1
        // Says that it keeps the connection, and does not.
        if (requests > 1) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    const { good, ask } = await world(t, origin)
    for (const _ of [1, 2, 3]) assert.equal((await ask('GET /a', good)).status, 200)
    assert.equal(connections, 3)
  })

  it('finishes what is under way when it is stopped', async (t) => {
    const finished: (() => void)[] = []
    const api = await startLoopbackServer((_request, response) => {
      finished.push(() => response.end('done'))
    })
    t.after(() => api.close())
    const { good, guard } = await world(t, api.origin)
    const headers = { authorization: good.replace('Authorization: ', '') }
    const answer = fetch(`${guard.origin}/a`, { headers })
    await eventually(() => assert.equal(finished.length, 1))
    const stopped = guard.stop()
    await eventually(() => assert.rejects(fetch(`${guard.origin}/b`)))
    finished[0]?.()
    assert.equal(await (await answer).text(), 'done')
    assert.equal((await stopped).exitCode, 0)
  })

  it('prints no token, whatever goes wrong', async (t) => {
    const { good, guard, ask } = await world(t, 'http://127.0.0.1:1', '--log-level', 'debug')
    await ask('GET /a', good)
    await ask('GET /a', good, 'Host: b')
    await ask('GET /a?access_token=secret-in-query', good)
    const { notices, output } = await guard.stop()
    assert.match(notices, /"code":"upstream_unreachable"/)
    assert.match(notices, /"code":"host_malformed"/)
    for (const text of [good.split(' ')[2] ?? 'none', 'secret-in-query']) {
      assert(!`${notices}${output}`.includes(text))
    }
  })
})
