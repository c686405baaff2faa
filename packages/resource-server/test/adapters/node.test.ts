import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Admission } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { guardWorld } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import { serveListener } from './sent-request.ts'
import { applicationAnswer, requestContext, type Serve } from './served-application.ts'

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
): Promise<void> {
  response.end(applicationAnswer(admission, request.url ?? '', await text(request)))
}

const serve: Serve = async (options, before) => {
  const failures: unknown[] = []
  const listener = protect(options)(answer)
  return await serveListener((request, response) => {
    const path = request.url ?? ''
    before?.(path, (status) => response.writeHead(status).end())
    requestContext.run(path, listener, request, response).catch((failure) => {
      failures.push(failure)
      response.writeHead(500).end()
    })
  }, failures)
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
