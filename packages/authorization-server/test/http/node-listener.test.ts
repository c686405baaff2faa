import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { eventLoopTurns } from '@mintmark/testkit'
import { obtainToken, type Serving, serving, startLoopbackServer } from '../serving.ts'

/** Sends octets to the world's listener and gives everything that comes back until the server closes. */
async function exchange(world: Serving, request: string | readonly string[]): Promise<string> {
  const { origin, close } = await startLoopbackServer(world.server.listener)
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  for (const part of typeof request === 'string' ? [request] : request) socket.write(part)
  let answer = ''
  for await (const chunk of socket) {
    answer += chunk
    if (answer.includes('\r\n\r\n')) break
  }
  await close()
  return answer
}

function tokenRequest(body: string, ...headers: readonly string[]): string {
  const lines = [
    'POST /oauth/token HTTP/1.1',
    'Host: issuer.example',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

const body = 'grant_type=client_credentials'

test('a token request over a socket is answered with a length, not in chunks [A14]', async () => {
  await using world = await serving()
  const answer = await exchange(world, tokenRequest(body, `Authorization: ${world.basic}`))
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(answer, /\r\nContent-Length: \d+\r\n/)
  assert.equal(answer.toLowerCase().includes('transfer-encoding'), false)
})

test('a body that arrives in many pieces is put together [A14]', async () => {
  await using world = await serving()
  const request = tokenRequest(body, `Authorization: ${world.basic}`)
  const { origin, close } = await startLoopbackServer(world.server.listener)
  const socket = connect(Number(new URL(origin).port), '127.0.0.1').setNoDelay(true)
  const head = request.length - body.length
  socket.write(request.slice(0, head))
  for (const character of body) {
    socket.write(character)
    await eventLoopTurns(2)
  }
  const [chunk] = await once(socket, 'data')
  assert.match(String(chunk), /^HTTP\/1\.1 200 OK/)
  await close()
})

test('two Authorization headers are refused, also when the first is right [A1]', async () => {
  await using world = await serving()
  const answer = await exchange(
    world,
    tokenRequest(body, `Authorization: ${world.basic}`, 'authorization: Basic eDp5'),
  )
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/)
  assert.equal(world.events.at(-1)?.type, 'request_refused')
})

test('an oversized body is refused with 413 without being kept [A1]', async () => {
  await using world = await serving()
  const large = 'a'.repeat(200_000)
  const answer = await exchange(world, tokenRequest(large, `Authorization: ${world.basic}`))
  assert.match(answer, /^HTTP\/1\.1 413 Payload Too Large\r\n/)
  assert.match(answer, /\r\nCache-Control: no-store\r\n/)
})

test('octets that are not UTF-8 are refused as malformed [A1]', async () => {
  await using world = await serving()
  const { origin, close } = await startLoopbackServer(world.server.listener)
  const response = await systemTransport(`${origin}/oauth/token`, {
    method: 'POST',
    body: Uint8Array.of(0x61, 0x3d, 0xff, 0xfe),
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: world.basic },
  })
  assert.equal(response.status, 400)
  await close()
})

test('a client that hangs up in the middle of its request hurts nobody', async () => {
  await using world = await serving()
  const { origin, close } = await startLoopbackServer(world.server.listener)
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.write(tokenRequest(body, `Authorization: ${world.basic}`).slice(0, -5))
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.destroy()
  const response = await systemTransport(`${origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    headers: { authorization: world.basic },
  })
  assert.equal(response.status, 200)
  await close()
})

test('a token obtained over a socket and one obtained through fetch are of the same kind [A14]', async () => {
  await using world = await serving()
  const answer = await exchange(world, tokenRequest(body, `Authorization: ${world.basic}`))
  const overSocket = /"access_token":"([^."]+)\./.exec(answer)?.[1]
  const [overFetch] = (await obtainToken(world)).split('.')
  assert.equal(overSocket, overFetch)
})
