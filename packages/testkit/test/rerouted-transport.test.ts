import assert from 'node:assert/strict'
import { it } from 'node:test'
import { reroutedTransport, responderListener, startLoopbackServer } from '../src/index.ts'

it('reaches a public origin on this machine, and nothing beyond', async () => {
  const server = await startLoopbackServer(
    responderListener(async (request) => {
      const { method, url } = request
      const { pathname, search } = new URL(url)
      const seen = [method, pathname + search, request.headers.get('x-a'), await request.text()]
      return Response.json(seen, { status: 201, headers: { 'x-b': '2' } })
    }),
  )
  const transport = reroutedTransport({ 'https://login.example': server.origin })
  const init = { method: 'POST', headers: { 'x-a': '1' }, body: 'é' }
  const urls = ['https://login.example/token?x=1', `${server.origin}/token?x=1`]
  for (const url of urls) {
    for (const input of [url, new URL(url)]) {
      const response = await transport(input, init)
      assert.deepEqual([response.status, response.headers.get('x-b')], [201, '2'])
      assert.deepEqual(await response.json(), ['POST', '/token?x=1', '1', 'é'])
    }
  }
  const got = await transport(new Request('https://login.example/keys'))
  assert.deepEqual(await got.json(), ['GET', '/keys', null, ''])
  for (const url of [
    'https://other.example/',
    'http://login.example/',
    'http://127.0.0.1.example:1/',
  ]) {
    await assert.rejects(transport(url), /no server on this machine/)
  }
  await server.close()
})

it('cuts the connection where a responder throws', async () => {
  const server = await startLoopbackServer(
    responderListener(() => {
      throw new Error('broken')
    }),
  )
  await assert.rejects(reroutedTransport({})(server.origin))
  await server.close()
})
