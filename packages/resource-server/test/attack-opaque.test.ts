/** The attack corpus where opaque tokens are asked about: what looks like a JWT is judged as one all the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verdict } from '@mintmark/resource-server'
import { type AttackRequest, jsonResponse, the } from '@mintmark/testkit'
import { corpus } from './the-corpus.ts'
import { ENDPOINT, introspectionWorld } from './validators/introspection-world.ts'

function asRequest({ headers, url }: AttackRequest) {
  return { headers: {}, rawHeaders: headers.flat(), url }
}

/** The guard says in more words than the corpus which proof of possession a request lacks. */
function outcomeOf(verdict: Verdict): string {
  if (verdict.admitted) return 'admitted'
  return verdict.code === 'certificate_missing' ? 'sender_constrained' : verdict.code
}

function looksLikeJwt(token: string): boolean {
  return /^ey[^.]*\.[^.]*\.[^.]*$/s.test(token)
}

test('no JWT is asked about, though the issuer calls everything active [R1, R3]', async () => {
  const world = introspectionWorld()
  world.network.respond(the.jwksUri, jsonResponse(JSON.stringify(corpus.keySet)))
  const tokens = corpus.cases.filter(({ token }) => token !== undefined && looksLikeJwt(token))
  assert.ok(tokens.length > 700, String(tokens.length))
  for (const { id, request, expect } of tokens) {
    const verdict = await world.guard.check(asRequest(request))
    assert.equal(outcomeOf(verdict), expect, id)
  }
  assert.equal(world.network.requestsTo(ENDPOINT).length, 0)
})

test('what is no token in an Authorization field is refused without asking [R1, R3]', async () => {
  const world = introspectionWorld()
  world.network.respond(the.jwksUri, jsonResponse(JSON.stringify(corpus.keySet)))
  for (const { id, token, request, expect, class: attackClass } of corpus.cases) {
    const isToken = /^[\w.~+/-]{1,8192}=*$/.test(token ?? request.headers[0]?.[1].slice(7) ?? '')
    if (attackClass === 'good' || isToken) continue
    const verdict = await world.guard.check(asRequest(request))
    assert.equal(outcomeOf(verdict), expect, id)
  }
  assert.equal(world.network.requestsTo(ENDPOINT).length, 0)
})
