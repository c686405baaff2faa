/**
 * What every adapter does, as one list of behaviours. An adapter's test says how to serve the application below behind
 * its `protect`, and how to send a request to it.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ProtectOptions } from '@mintmark/resource-server'
import type { Transport } from '@mintmark/runtime'
import { jsonResponse, some, the } from '@mintmark/testkit'
import { guardWorld, signedToken } from '../guard-world.ts'
import { answerTable } from './answer-table.ts'
import { boundTokenContract } from './bound-tokens.ts'
import type { Before, Habits, Serve, ServedApplication } from './served-application.ts'

const nothing = (): void => undefined

/** A promise and the call that fulfils it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = nothing
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

const bearer = (token: string): readonly [string, string] => ['Authorization', `Bearer ${token}`]

export function adapterContract(name: string, serve: Serve, habits: Habits = {}): void {
  const { emptyBody = '', seesAnswers = true } = habits
  answerTable(name, serve, habits)
  boundTokenContract(name, serve)
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

  /** The same, where the issuer's keys come when `keys` is fulfilled. */
  async function servingWith(
    keys: Promise<void>,
    behaviour: (application: ServedApplication) => Promise<void>,
    before?: Before,
    whenAsked?: () => void,
  ): Promise<void> {
    const { network } = guardWorld()
    const transport: Transport = async (...request) => {
      whenAsked?.()
      await keys
      return await network.transport(...request)
    }
    const { guard } = guardWorld({ transport })
    const application = await serve({ guard, scope: 'decisions:read' }, before)
    try {
      await behaviour(application)
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
            context: '/decisions?page=2',
          })
        }
      })
    })

    test('protects what is mounted below a prefix, and leaves the path as it came', async () => {
      await serving(async (application) => {
        const path = '/mounted/decisions?page=2'
        const admitted = await application.send({ path, headers: [bearer(signedToken())] })
        assert.equal(JSON.parse(admitted.body).path, path)
        assert.equal((await application.send({ path })).status, 401)
      })
    })

    test('asks for credentials where there are none, and says no more [R4]', async () => {
      await serving(async (application) => {
        const { status, headers, body } = await application.send({})
        assert.equal(status, 401)
        assert.equal(headers.get('www-authenticate'), 'Bearer realm="api"')
        assert.equal(headers.get('cache-control'), 'no-store')
        assert.equal(body, emptyBody)
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
        assert.match(headers.get('content-type') ?? '', /^application\/json/)
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

    test('lets a client go that does not wait for the keys', async () => {
      const keys = gate()
      await servingWith(keys.opened, async (application) => {
        const gone = new AbortController()
        const headers = [bearer(signedToken())]
        const sent = application.send({ headers, signal: gone.signal })
        gone.abort()
        await assert.rejects(sent)
        keys.open()
        assert.equal((await application.send({ headers })).status, 200)
        assert.deepEqual(application.failures, [])
      })
    })

    const addsNothing = async () => {
      for (const token of [signedToken(), signedToken({ header: { kid: 'unknown' } })]) {
        const keys = gate()
        let whenAsked = nothing
        const before: Before = (path, answer) => {
          if (path !== '/throws') return
          whenAsked = () => {
            whenAsked = nothing
            answer(504)
          }
        }
        const judged = async (application: ServedApplication): Promise<void> => {
          const headers = [bearer(token)]
          const { status } = await application.send({ path: '/throws', headers })
          keys.open()
          assert.equal(status, 504)
          assert.equal((await application.send({ headers: [bearer(signedToken())] })).status, 200)
          assert.deepEqual(application.failures, [])
        }
        await servingWith(keys.opened, judged, before, () => whenAsked())
      }
    }
    // Where the adapter makes the answer and hands it over, nobody else can have answered.
    if (seesAnswers) test('adds nothing to what was answered while it waited', addsNothing)

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
