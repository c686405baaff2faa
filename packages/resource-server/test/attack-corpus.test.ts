/** The attack corpus against the guard: every attack is refused for exactly the rule that it breaks. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GuardedRequest, RefusalCode, Verdict } from '@mintmark/resource-server'
import {
  type AttackCase,
  type AttackRequest,
  type BrokenRule,
  jsonResponse,
  the,
} from '@mintmark/testkit'
import { type GuardWorld, guardWorld } from './guard-world.ts'
import { corpus } from './the-corpus.ts'

/** Every rule of the corpus is a refusal code: a rule that is none does not compile. */
const codeOf = (rule: BrokenRule): RefusalCode => rule

/** A guard whose issuer publishes the corpus's keys, unfit ones too. */
function worldOfCorpus(): GuardWorld {
  const world = guardWorld()
  world.network.respond(the.jwksUri, jsonResponse(JSON.stringify(corpus.keySet)))
  return world
}

/** As `node:http` hands it over: every field once, and all of them in `rawHeaders`. */
function asNodeRequest({ headers, url }: AttackRequest): GuardedRequest {
  const rawHeaders = headers.flat()
  const merged = Object.fromEntries(
    headers.toReversed().map(([name, value]) => [name.toLowerCase(), value]),
  )
  return { headers: merged, rawHeaders, url }
}

/** As a platform with lists of values hands it over. */
function asRecordRequest({ headers, url }: AttackRequest): GuardedRequest {
  const record: Record<string, string[]> = {}
  for (const [name, value] of headers) record[name] = [...(record[name] ?? []), value]
  return { headers: record, url }
}

/** The guard says in more words than the corpus which proof of possession a request lacks. */
function outcomeOf(verdict: Verdict): RefusalCode | 'admitted' {
  if (verdict.admitted) return 'admitted'
  return verdict.code === 'certificate_missing' ? 'sender_constrained' : verdict.code
}

function expectedOf({ expect }: AttackCase): RefusalCode | 'admitted' {
  return expect === 'admitted' ? 'admitted' : codeOf(expect)
}

/** The ends of a token's segments, twelve characters each: what an answer repeats of a token has one of them in it. */
function partsOf({ token }: AttackCase): readonly string[] {
  const segments = token === undefined ? [] : token.split('.', 5)
  return segments
    .slice(1)
    .map((segment) => segment.slice(-12))
    .filter((end) => end.length === 12)
}

const world = worldOfCorpus()

describe('the guard and the attack corpus', () => {
  for (const attack of corpus.cases) {
    const expected = expectedOf(attack)
    test(`${attack.id} is ${expected} [R1]`, async () => {
      const before = world.events.length
      const verdict = await world.guard.check(asNodeRequest(attack.request))
      assert.equal(outcomeOf(verdict), expected, attack.why)
      assert.equal(outcomeOf(await world.guard.check(asRecordRequest(attack.request))), expected)
      if (verdict.admitted) return
      const told = JSON.stringify([verdict, world.events.slice(before)])
      for (const part of partsOf(attack)) assert.ok(!told.includes(part))
      assert.doesNotMatch(told, /canary/)
      for (const [name, value] of verdict.headers) assert.match(name + value, /^[\x20-\x7e]+$/)
    })
  }
})

describe('the attack corpus as a whole', () => {
  test('never makes the guard ask anybody but the issuer [R2]', () => {
    const asked = new Set(world.network.requests.map(({ url }) => url))
    assert.deepEqual([...asked].toSorted(), [the.metadataUrl, the.jwksUri].toSorted())
    assert.equal(world.network.requestsTo(the.jwksUri).length, 2)
  })

  test('is refused in the same way whatever was remembered before [R3]', async () => {
    const fresh = worldOfCorpus()
    for (const attack of corpus.cases.toReversed()) {
      const verdict = await fresh.guard.check(asNodeRequest(attack.request))
      assert.equal(outcomeOf(verdict), expectedOf(attack), attack.id)
    }
  })
})
