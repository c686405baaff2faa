/** Everything here that reads text from outside, given any text. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { bearerTokenIn } from '../src/endpoints/introspection-caller.ts'
import { readParameters } from '../src/endpoints/request-parameters.ts'
import { wantsSignedAnswer } from '../src/endpoints/signed-introspection.ts'
import type { EndpointRequest } from '../src/http/endpoint.ts'
import { originForm } from '../src/http/message-rules.ts'
import { isIdentity } from '../src/http/request-body.ts'
import { serving, the } from './serving.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.string({ unit: fc.constantFrom(...'{}[]:,"\\/ \t\r\n=&%+-_.;*aB0\u0000\u007fé\ud83d\ufeff') }),
)

/** fc.webUrl() makes a table of all characters for its percent signs. */
const pathUnit = fc.oneof(
  fc.constantFrom(..."/aZ09-._~?!$&'()*+,;=:@"),
  anyCharacter.map(encodeURIComponent),
)
const somePath = fc.string({ unit: pathUnit }).map((rest) => `/${rest}`)
const someUrl = fc
  .tuple(fc.webAuthority(), somePath)
  .map(([authority, path]) => `https://${authority}${path}`)

const request = (contentType: string | undefined, text: string): EndpointRequest => ({
  method: 'POST',
  target: '/',
  authorization: undefined,
  contentType,
  body: { ok: true, text },
  remoteAddress: undefined,
  headerLines: () => [],
  header: () => undefined,
  certificate: () => undefined,
})

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  originForm,
  isIdentity,
  bearerTokenIn,
  wantsSignedAnswer,
  'readParameters, as a media type': (text) => readParameters(request(text, 'a=b')),
  'readParameters, as a form': (text) =>
    readParameters(request('application/x-www-form-urlencoded', text)),
  'readParameters, as JSON': (text) => readParameters(request('application/json', text)),
}

for (const [name, read] of Object.entries(readers)) {
  describe(name, () => {
    it('never throws, whatever the text', () => {
      fc.assert(fc.property(anyText, (text) => void read(text)))
    })

    it('gets through a hundred thousand characters of anything', () => {
      for (const unit of ['a', ' ', ',', ';', '/', '=', 'Bearer ', 'mm_live_', '{"a":', '%41']) {
        read(unit.repeat(100_000 / unit.length))
      }
    })
  })
}

describe('an originForm', () => {
  it('is the target itself, or a path that stands in it', () => {
    const target = fc.oneof(anyText, someUrl, somePath)
    fc.assert(
      fc.property(target, (text) => {
        const form = originForm(text)
        assert(text.endsWith(form))
        assert(form === text || form.startsWith('/'))
      }),
    )
  })
})

const MARKER = 'mArKeR7f3a'

describe('the endpoints', () => {
  it('answer whatever comes, never with a 500 and never with what came [A1]', async () => {
    await using world = await serving()
    const noise = anyText.map((text) => `${MARKER}${text}`)
    const name = fc.constantFrom(
      ...['grant_type', 'scope', 'resource', 'token', 'client_id', 'client_secret'],
      ...['client_assertion', 'client_assertion_type', 'authorization_details', MARKER],
    )
    const value = fc.oneof(noise, fc.constantFrom('client_credentials', the.clientId, '*', ''))
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 })
    const path = fc.constantFrom('/oauth/token', '/oauth/introspect', '/oauth/revoke')
    const body = fc.oneof(
      pairs.map((each) => new URLSearchParams(each).toString()),
      pairs.map((each) => JSON.stringify(Object.fromEntries(each))),
      noise,
    )
    const type = fc.constantFrom('application/x-www-form-urlencoded', 'application/json', MARKER)
    const authorization = fc.oneof(
      fc.constantFrom(world.basic, `Bearer ${MARKER}`, `DPoP ${MARKER}`),
      fc.base64String().map((text) => `Basic ${text}`),
    )
    await fc.assert(
      fc.asyncProperty(path, body, type, authorization, async (at, sent, contentType, basic) => {
        const headers = { authorization: basic, 'content-type': contentType }
        const response = await world.server.fetch(
          new Request(the.issuer + at, { method: 'POST', body: sent, headers }),
        )
        const text = JSON.stringify([...response.headers]) + (await response.text())
        assert(response.status < 500, text)
        assert.equal(text.includes(MARKER), false)
      }),
      { numRuns: 200 },
    )
  })
})
