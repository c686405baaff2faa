/** `mintmark guard --upstream` as a process of its own, in front of an API that records or of one that misbehaves. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import {
  exchangeRaw,
  guardProcess,
  issuingServer,
  type RawAnswer,
  rawRequest,
  recordingApi,
} from './forward-auth-world.ts'

/** Starts everything; it ends with the test. @param upstream - Default: an API that records. */
export async function proxyWorld(
  test: TestContext,
  upstream?: string,
  ...flags: readonly string[]
) {
  const server = await issuingServer(test)
  const api = await recordingApi(test)
  const origin = upstream ?? `http://127.0.0.1:${api.port}`
  const guard = await guardProcess(test, server.issuer, '--upstream', origin, ...flags)
  const good = `Authorization: Bearer ${await server.token('decisions:read')}`
  const send = (text: string) => exchangeRaw(Number(new URL(guard.origin).port), text)
  const ask = async (line: string, ...fields: readonly string[]): Promise<RawAnswer> => {
    const answers = await send(rawRequest(line, ...fields))
    assert.equal(answers.length, 1, JSON.stringify(answers))
    return answers[0] as RawAnswer
  }
  return { api, guard, good, send, ask }
}

/** A TCP server that says what it likes to everybody who connects. */
export async function rawServer(test: TestContext, converse: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    converse(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => void server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
