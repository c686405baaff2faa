/**
 * The answers of one adapter: every refusal there is goes out as it was made, and nothing that a request, a token or
 * the network says comes back in it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Guard } from '@mintmark/resource-server'
import { some, the } from '@mintmark/testkit'
import { guardWorld, signedToken } from '../guard-world.ts'
import { everyRefusal } from './every-refusal.ts'
import type { Habits, Serve, ServedApplication } from './served-application.ts'

/** A guard that refuses every request with the refusal whose title is the request's query. */
function refusingGuard(): Guard {
  const { guard } = guardWorld()
  return Object.assign(Object.create(guard), {
    decide({ url = '' }: { readonly url?: string }) {
      const title = decodeURIComponent(url.slice(url.indexOf('?') + 1))
      return everyRefusal.get(title) ?? assert.fail(`no refusal is called ${title}`)
    },
  })
}

/** Registers the table for one adapter. */
export function answerTable(name: string, serve: Serve, { emptyBody = '' }: Habits): void {
  describe(`an answer through the ${name} adapter`, () => {
    let application: ServedApplication

    before(async () => {
      application = await serve({ guard: refusingGuard() })
    })

    after(() => application.close())

    for (const [title, refusal] of everyRefusal) {
      test(`of ${title}, is what the guard made [R4] [R8]`, async () => {
        const { status, headers, body } = await application.send({
          path: `/?${encodeURIComponent(title)}`,
        })
        assert.equal(status, refusal.status)
        for (const [field, value] of refusal.headers) {
          // A framework may add a charset to a media type.
          const got =
            field === 'content-type' ? headers.get(field)?.split(';')[0] : headers.get(field)
          assert.equal(got, value, field)
        }
        const hasChallenge = refusal.headers.some(([field]) => field === 'www-authenticate')
        assert.equal(headers.has('www-authenticate'), hasChallenge)
        assert.equal(headers.has('retry-after'), refusal.retryAfterSeconds !== undefined)
        assert.equal(body, refusal.body === '' ? emptyBody : refusal.body)
      })
    }
  })

  test(`nothing of a request is in an answer through the ${name} adapter [R4]`, async (context) => {
    const world = guardWorld()
    const application = await serve({ guard: world.guard, scope: 'admin' })
    context.after(() => application.close())
    for (const word of ['canary-4711', '", scope="canary-4711', 'Жираф canary-4711 \u0000\r\n']) {
      for (const token of tokensSaying(word)) {
        await assertNothingOf(application, [['Authorization', `Bearer ${token}`]])
      }
    }
    for (const value of [
      'Bearer canary-4711',
      'canary-4711',
      'Bearer "canary-4711"',
      'DPoP canary-4711',
    ]) {
      await assertNothingOf(application, [['Authorization', value]])
    }
    world.network.respond(the.jwksUri, () => {
      throw new Error('connect ECONNREFUSED canary-4711')
    })
    const unknown = signedToken({ header: { kid: 'canary-4711' } })
    await assertNothingOf(application, [['Authorization', `Bearer ${unknown}`]])
  })
}

/** Tokens that have a word in one of their members each, and are refused, some at the very end. */
function tokensSaying(word: string): readonly string[] {
  const claims = (members: object) => signedToken({ claims: { ...some.claims(), ...members } })
  return [
    signedToken({ header: { kid: word } }),
    signedToken({ header: { typ: word } }),
    signedToken({ header: { alg: word } }),
    signedToken({ header: { crit: [word], [word]: true } }),
    ...['iss', 'sub', 'aud', 'client_id', 'jti', 'scope', 'exp', 'nbf', 'iat', 'cnf', word].map(
      (member) => claims({ [member]: word }),
    ),
    claims({ cnf: { jkt: word } }),
  ]
}

/** Everything that a request can say says it, in a path, a query, and fields of other names as well. */
async function assertNothingOf(
  application: ServedApplication,
  headers: readonly (readonly [string, string])[],
): Promise<void> {
  const others = [
    ...([['X-Forwarded-Host', 'canary-4711']] as const),
    ...([['X-Request-Id', 'canary-4711']] as const),
  ]
  const answer = await application.send({
    ...{ method: 'POST', path: '/canary-4711?canary-4711=%D0%96' },
    headers: [...headers, ...others],
  })
  assert.ok(answer.status >= 400)
  const said = JSON.stringify([answer.statusText, [...answer.headers], answer.body])
  assert.doesNotMatch(said, /canary|Жираф/)
  for (const value of answer.headers.values()) assert.match(value, /^[\x20-\x7e]*$/)
}
