import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protect, refusalResponse } from '@mintmark/resource-server/fetch'
import { carrying, guardWorld, signedToken } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import { applicationAnswer, requestContext, type Serve } from './served-application.ts'

const serve: Serve = async (options) => {
  const failures: unknown[] = []
  const respond = protect(options)(async (request, admission) => {
    const { pathname, search } = new URL(request.url)
    return new Response(applicationAnswer(admission, pathname + search, await request.text()))
  })
  return {
    failures,
    async send({ method = 'GET', path = '/', headers = [], body, signal }) {
      const init = {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
      }
      const request = new Request(
        `https://api.example${path}`,
        body === undefined ? init : { ...init, body },
      )
      const answered = requestContext.run(path, respond, request).catch((failure) => {
        failures.push(failure)
        return Response.error()
      })
      const gone = new Promise<never>((_, reject) => signal?.addEventListener('abort', reject))
      const response = await Promise.race([answered, gone])
      return {
        status: response.status,
        statusText: response.statusText,
        headers: new Map(response.headers),
        // What a server puts on the connection: nothing, for HEAD.
        body: method === 'HEAD' ? '' : await response.text(),
      }
    },
    close: async () => undefined,
  }
}

// A function from request to response answers once, whatever happened to its caller.
adapterContract('fetch', serve, { seesAnswers: false })

test('what a platform passes along with a request reaches the application', async () => {
  const { guard } = guardWorld()
  const respond = protect({ guard })(
    (_request, admission, bindings: { name: string }, attempt: number) =>
      new Response(`${admission.clientId} ${bindings.name} ${attempt}`),
  )
  const headers = { authorization: `Bearer ${signedToken()}` }
  const response = await respond(new Request('https://api.example', { headers }), { name: 'b' }, 7)
  assert.equal(await response.text(), 'partner-a b 7')
})

test('a refusal becomes a response without an adapter', async () => {
  const verdict = await guardWorld().guard.check(carrying('not a token'))
  assert.ok(!verdict.admitted)
  const response = refusalResponse(verdict)
  assert.equal(response.status, 401)
  assert.equal(await response.text(), verdict.body)
  assert.equal(response.headers.get('cache-control'), 'no-store')
})
