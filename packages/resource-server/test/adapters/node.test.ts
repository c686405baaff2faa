import assert from 'node:assert/strict'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Admission, ProtectOptions } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { startLoopbackServer } from '@mintmark/testkit'
import { guardWorld } from '../guard-world.ts'
import {
  adapterContract,
  applicationAnswer,
  type ReceivedResponse,
  type SentRequest,
  type ServedApplication,
} from './adapter-contract.ts'

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
): Promise<void> {
  response.end(applicationAnswer(admission, request.url ?? '', await text(request)))
}

async function serve(options: ProtectOptions): Promise<ServedApplication> {
  const failures: unknown[] = []
  const listener = protect(options)(answer)
  const server = await startLoopbackServer((request, response) => {
    listener(request, response).catch((failure) => {
      failures.push(failure)
      response.writeHead(500).end()
    })
  })
  return { failures, send: (sent) => send(server.origin, sent), close: () => server.close() }
}

/** With `node:http`, because `fetch` joins two fields of one name into one. */
function send(origin: string, sent: SentRequest): Promise<ReceivedResponse> {
  const { method = 'GET', path = '/', headers = [], body = '' } = sent
  const fields = ['Host', new URL(origin).host, ...headers.flat()]
  if (body !== '') fields.push('Content-Length', String(body.length))
  return new Promise((resolve, fail) => {
    const outgoing = request(`${origin}${path}`, { method, headers: fields }, async (incoming) => {
      resolve({
        status: incoming.statusCode ?? 0,
        headers: new Map(
          Object.entries(incoming.headers).map(([name, value]) => [name, `${value}`]),
        ),
        body: await text(incoming),
      })
    })
    outgoing.once('error', fail)
    outgoing.end(body)
  })
}

adapterContract('node', serve)

test('a refusal is sent with its length, in one piece', async () => {
  const application = await serve({ guard: guardWorld().guard })
  const { headers, body } = await application.send({ headers: [['Authorization', 'Bearer x']] })
  const { headers: bare } = await application.send({})
  await application.close()
  assert.equal(headers.get('content-length'), String(body.length))
  assert.equal(bare.get('content-length'), '0')
})
