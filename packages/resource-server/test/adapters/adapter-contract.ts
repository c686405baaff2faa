/**
 * What every adapter does, as one list of behaviours. An adapter's test says how to serve the application below behind
 * its `protect`, and how to send a request to it.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Admission, ProtectOptions } from '@mintmark/resource-server'
import { jsonResponse, some, the } from '@mintmark/testkit'
import { guardWorld, signedToken } from '../guard-world.ts'

/** A request as it goes over the connection. */
export interface SentRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

export interface ReceivedResponse {
  readonly status: number
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The application behind the adapter, waiting for requests. */
export interface ServedApplication {
  send(request: SentRequest): Promise<ReceivedResponse>
  /** What came out of the wrapped function's promise other than an answer. */
  readonly failures: readonly unknown[]
  close(): Promise<void>
}

/** What the application answers with 200: proof that the admission and the request's body reached it. */
export function applicationAnswer(admission: Admission, path: string, body: string): string {
  if (path === '/throws') throw new Error('from the application')
  return JSON.stringify({ client: admission.clientId, path, body })
}

const bearer = (token: string): readonly [string, string] => ['Authorization', `Bearer ${token}`]

export function adapterContract(
  name: string,
  serve: (options: ProtectOptions) => Promise<ServedApplication>,
): void {
  /** Runs `behaviour` against an application that needs `decisions:read`, and closes it again. */
  async function serving(
    behaviour: (
      application: ServedApplication,
      world: ReturnType<typeof guardWorld>,
    ) => Promise<void>,
  ): Promise<void> {
    const world = guardWorld()
    const application = await serve({ guard: world.guard, scope: 'decisions:read' })
    try {
      await behaviour(application, world)
    } finally {
      await application.close()
    }
  }

  describe(`the ${name} adapter`, () => {
    test('lets a good request through, with its admission and its body', async () => {
      await serving(async (application) => {
        const request = {
          method: 'POST',
          path: '/decisions?page=2',
          headers: [bearer(signedToken())],
          body: 'decided',
        }
        for (let at = 0; at < 2; at += 1) {
          const { status, body } = await application.send(request)
          assert.equal(status, 200)
          assert.deepEqual(JSON.parse(body), {
            client: the.clientId,
            path: '/decisions?page=2',
            body: 'decided',
          })
        }
      })
    })

    test('asks for credentials where there are none, and says no more [R4]', async () => {
      await serving(async (application) => {
        const { status, headers, body } = await application.send({})
        assert.equal(status, 401)
        assert.equal(headers.get('www-authenticate'), 'Bearer realm="api"')
        assert.equal(headers.get('cache-control'), 'no-store')
        assert.equal(body, '')
      })
    })

    test('does not read a token from the query', async () => {
      await serving(async (application) => {
        const { status } = await application.send({ path: `/?access_token=${signedToken()}` })
        assert.equal(status, 401)
      })
    })

    test('says what is wrong with a token [R4]', async () => {
      await serving(async (application) => {
        const token = signedToken({ claims: some.claims({ exp: the.nowSeconds - 60 }) })
        const { status, headers, body } = await application.send({ headers: [bearer(token)] })
        assert.equal(status, 401)
        assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token".*"expired"/)
        assert.equal(headers.get('content-type'), 'application/json')
        assert.equal(JSON.parse(body).error, 'invalid_token')
      })
    })

    test('names the scope that is missing [S3] [R4]', async () => {
      await serving(async (application) => {
        const token = signedToken({ claims: some.claims({ scope: 'applications:write' }) })
        const { status, headers } = await application.send({ headers: [bearer(token)] })
        assert.equal(status, 403)
        assert.match(headers.get('www-authenticate') ?? '', /scope="decisions:read"/)
      })
    })

    test('answers a HEAD request with the same head and no body', async () => {
      await serving(async (application) => {
        const headers = [bearer('not a token')]
        const get = await application.send({ headers })
        const head = await application.send({ method: 'HEAD', headers })
        assert.equal(head.status, 401)
        assert.equal(head.headers.get('www-authenticate'), get.headers.get('www-authenticate'))
        assert.equal(head.body, '')
      })
    })

    test('takes two Authorization fields for none of them [R4]', async () => {
      await serving(async (application) => {
        const token = signedToken()
        const headers = [bearer(token), bearer(token)]
        const { status, body } = await application.send({ headers })
        assert.equal(status, 400)
        assert.equal(JSON.parse(body).error, 'invalid_request')
      })
    })

    test('asks to come back later while the keys cannot be had: never 401 [R4]', async () => {
      await serving(async (application, { network }) => {
        network.respond(the.metadataUrl, jsonResponse('', { status: 500 }))
        const { status, headers } = await application.send({ headers: [bearer(signedToken())] })
        assert.equal(status, 503)
        assert.equal(headers.get('retry-after'), '1')
        assert.equal(headers.has('www-authenticate'), false)
      })
    })

    test('leaves the errors of the application to whoever called it', async () => {
      await serving(async (application) => {
        await application.send({ path: '/throws', headers: [bearer(signedToken())] })
        assert.deepEqual(
          application.failures.map((failure) => (failure as Error).message),
          ['from the application'],
        )
      })
    })

    test('does not call the application for a refused request', async () => {
      await serving(async (application) => {
        await application.send({ path: '/throws', headers: [bearer('not a token')] })
        assert.deepEqual(application.failures, [])
      })
    })

    test('answers refusals on one connection after another, with bodies nobody reads', async () => {
      await serving(async (application) => {
        const request = { method: 'POST', body: 'x'.repeat(100_000) }
        for (let at = 0; at < 3; at += 1)
          assert.equal((await application.send(request)).status, 401)
      })
    })

    const mistakes: readonly [string, object][] = [
      ['a scope that went missing', { scope: undefined }],
      ['an empty scope', { scope: '' }],
      ['a misspelt option', { scopes: 'read' }],
    ]
    for (const [title, mistake] of mistakes) {
      test(`is not set up with ${title}`, async () => {
        const { guard } = guardWorld()
        const options = { guard, ...mistake } as ProtectOptions
        await assert.rejects(async () => await serve(options), TypeError)
      })
    }

    test('asks for no scope where none is given', async () => {
      const { guard } = guardWorld()
      const application = await serve({ guard })
      const token = signedToken({ claims: some.claims({ scope: undefined }) })
      const { status } = await application.send({ headers: [bearer(token)] })
      await application.close()
      assert.equal(status, 200)
    })
  })
}
