/** Requests put together at random: the API is told the truth about them, or does not see them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { exchangeRaw, field, type ReachingRequest, rawRequest } from '../forward-auth-world.ts'
import { readByApi } from './routes.ts'
import { proxyWorld, type ShippedProxy } from './shipped-proxy.ts'

const identityNames = ['client', 'subject', 'scope', 'issuer', 'expires'].map(
  (name) => `mintmark-${name}`,
)
const toldNames = [
  ...['x-forwarded-uri', 'x-forwarded-method', 'x-original-uri', 'x-rewrite-url', 'x-real-ip'],
  ...['client-cert', 'x-ssl-client-cert', 'x-forwarded-host', 'x-forwarded-prefix'],
]

/** A name that a program may take for `name`: in any case, with anything for its dashes. */
function spelling(name: string): fc.Arbitrary<string> {
  const letters = [...name].map((letter) =>
    letter === '-'
      ? fc.constantFrom('-', '-', '_', '.', '!', '~', '+', '*', '$', '%', '^', '`', '|', "'", ' ')
      : fc.constantFrom(letter, letter.toUpperCase()),
  )
  return fc.tuple(...letters).map((parts) => parts.join(''))
}

const name = fc.constantFrom(...identityNames, ...toldNames).chain(spelling)
const spoofed = name.map((each) => `${each}: spoofed`)
const hiding = fc
  .array(fc.constantFrom(...identityNames, ...toldNames, 'authorization', 'keep-alive', 'upgrade'))
  .map((names) => `Connection: ${['close', ...names].join(', ')}`)

const step = fc.constantFrom(
  ...['public', 'Public', 'decisions', 'applications', '1', '', '.', '..', '%2e%2e', '.%2E', '%2e'],
  ...['public%2f..', '..%2fdecisions', '%70ublic', '%64ecisions', 'a;b', '..;', '%5c..%5c', '\\..'],
)
const path = fc.array(step, { maxLength: 6 }).map((steps) => `/${steps.join('/')}`)

const attempt = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS'),
  path: fc.oneof(path, fc.constantFrom('/decisions/1', '/public/a', '/applications', '/')),
  token: fc.constantFrom('none', 'good', 'good', 'bad', 'two'),
  fields: fc.array(fc.oneof(spoofed, hiding), { maxLength: 4 }),
})

type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never

function isOpen({ target }: ReachingRequest): boolean {
  return readByApi(target).toLowerCase().startsWith('/public/')
}

/** What programs that know letters and digits only read as one of our fields. */
function identityIn({ fields }: ReachingRequest): readonly (readonly [string, string])[] {
  const read = fields.map(([each, value]) => [each.replaceAll(/[^\da-z]/g, '-'), value] as const)
  return read.filter(([each, value]) => each.startsWith('mintmark-') && value !== '')
}

/** Declares the tests. */
export function fuzzTests(proxy: ShippedProxy): void {
  it('tells the truth or nothing about requests that are put together at random [R8]', async (t) => {
    const { server, api, proxy: running, ask } = await proxyWorld(t, proxy)
    const good = `Authorization: Bearer ${await server.token('applications:write decisions:read')}`
    assert.equal((await ask('GET /decisions/1', good)).status, 200)
    const truth = api.requests.map(identityIn)[0]
    assert.equal(truth?.length, identityNames.length)
    const bad = 'Authorization: Bearer a.b.c'
    const tokens = { none: [], good: [good], bad: [bad], two: [good, bad] }
    let reached = 0
    const judged = async ({ method, path, token, fields }: Attempt) => {
      api.requests.length = 0
      const head = rawRequest(`${method} ${path}`, ...tokens[token], ...fields)
      await exchangeRaw(running.port, head)
      reached += api.requests.length
      for (const request of api.requests) {
        assert(token === 'good' || isOpen(request), `${request.target} was reached`)
        const told = identityIn(request)
        if (told.length > 0) assert.deepEqual(told, truth)
        else assert(isOpen(request), 'nobody is identified')
        assert.deepEqual(
          request.fields.filter(([, value]) => value === 'spoofed'),
          [],
        )
        assert.equal(field(request, 'authorization'), undefined)
      }
    }
    await fc.assert(fc.asyncProperty(attempt, judged), { numRuns: 200 })
    assert(reached > 10, `${reached} reached the API`)
  })
}
