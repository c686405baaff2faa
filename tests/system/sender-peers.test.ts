/**
 * The sender corpus against another verifier of proofs, as strict as it can be: what it admits that the guard refuses,
 * as measured with the version that is installed.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  createSenderCorpus,
  type LoopbackServer,
  runSenderCorpus,
  type SenderOutcome,
  type SenderRequest,
  startLoopbackServer,
} from '@mintmark/testkit'
import { auth } from 'express-oauth2-jwt-bearer'

const corpus = createSenderCorpus({ nowSeconds: Math.floor(Date.now() / 1000) })

/** Nothing here is a matter of strictness: whoever admits one of these has been broken into. */
const BREAKS = new RegExp(
  [
    '^(proof-signature|proof-token|proof-instant|scheme)/',
    '^proof-key/(private|symmetric|hs256|unsigned|none|rsa-under|ec-under)',
  ].join('|'),
)

/** What it admits beside that, and the guard does not. */
const DIFFERENCES = [
  'proof-form/number-as-jti',
  'proof-form/list-as-jti',
  'proof-form/number-as-nonce',
  'proof-form/list-as-nonce',
  'proof-form/with-padding',
  'proof-form/in-the-other-alphabet',
  'proof-form/claim-twice',
  'proof-form/claims-behind-a-mark',
  'proof-form/critical-b64',
  'proof-key/factor-of-rsa',
  'proof-key/for-encryption',
  'proof-key/for-other-operations',
  'proof-key/for-another-algorithm',
  'proof-key/exponent-one',
  'proof-target/method-in-lower-case',
  'proof-target/with-name-and-secret',
  'proof-target/host-behind-backslash',
  'proof-target/after-space',
  'proof-target/line-end-inside',
  'proof-target/tab-inside',
  'proof-target/host-in-full-width',
]

let keys: LoopbackServer
let outcomes: readonly SenderOutcome[]

before(async () => {
  keys = await startLoopbackServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(corpus.keySet))
  })
  const middleware = auth({
    ...{ issuer: corpus.issuer, audience: corpus.audience, jwksUri: `${keys.origin}/keys` },
    ...{ tokenSigningAlg: 'ES256', strict: true, dpop: { enabled: true } },
  })
  type Given = Parameters<typeof middleware>
  const cases = corpus.cases.filter(({ id }) => !id.includes('certificate'))
  outcomes = await runSenderCorpus(cases, (sent) => {
    const request = asExpressRequest(sent) as unknown as Given[0]
    return new Promise((resolve) => {
      middleware(request, {} as Given[1], (error?: unknown) => resolve(error === undefined))
    })
  })
})

after(() => keys.close())

/** A request of Express over TLS, as far as the middleware looks at it. */
function asExpressRequest(request: SenderRequest): object {
  const headers: Record<string, string> = { host: new URL(corpus.publicOrigin).host }
  for (const [field, value] of request.headers) {
    const name = field.toLowerCase()
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  const { method, url } = request
  const query = Object.fromEntries(new URL(url, corpus.publicOrigin).searchParams)
  return {
    ...{ headers, url, originalUrl: url, baseUrl: '', method, protocol: 'https', query, body: {} },
    ...{ host: headers.host, hostname: headers.host, is: () => false },
    get: (name: string) => headers[name.toLowerCase()],
  }
}

const admitted = (pattern: RegExp): readonly string[] =>
  outcomes.filter((one) => one.admitted && pattern.test(one.case.id)).map((one) => one.case.id)

describe('express-oauth2-jwt-bearer', () => {
  test('admits all that is good and no forgery, so the corpus is about proofs as others know them [X5]', () => {
    const good = outcomes.filter(({ case: { expect } }) => expect === 'admitted')
    assert.ok(good.length > 15 && good.every((one) => one.admitted && one.prepared))
    assert.deepEqual(admitted(BREAKS), [])
  })

  test('admits a proof as often as it comes, which the guard does once [R5]', () => {
    const replays = outcomes.filter(({ case: { class: of } }) => of === 'proof-use')
    assert.ok(replays.length >= 8 && replays.every((one) => one.prepared && one.admitted))
  })

  test('admits what more than one reader reads in more than one way, which the guard does not [R5]', () => {
    assert.deepEqual(admitted(/^proof-(form|key|target)/), DIFFERENCES)
  })
})
