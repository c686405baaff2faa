/** The sender corpus against the guard: whoever may not present a token is refused for exactly the rule he breaks. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import type { GuardedRequest, GuardOptions, RefusalCode } from '@mintmark/resource-server'
import {
  type BrokenSenderRule,
  createSenderCorpus,
  type SenderCase,
  type SenderRequest,
} from '@mintmark/testkit'
import { type GuardWorld, guardWorld } from '../guard-world.ts'
import { outcomeOf } from './bound-requests.ts'

/** Every rule of the corpus is a refusal code: a rule that is none does not compile. */
const codeOf = (rule: BrokenSenderRule | 'admitted'): RefusalCode | 'admitted' => rule

const corpus = createSenderCorpus()
const { publicOrigin } = corpus

const octets = {
  own: new Uint8Array(new X509Certificate(corpus.certificates.own.cert).raw),
  other: new Uint8Array(new X509Certificate(corpus.certificates.other.cert).raw),
}

/** The connection of a request, as `node:tls` has it. */
function socketOf({ certificate }: SenderRequest): object {
  const raw = certificate === undefined ? undefined : octets[certificate]
  return { remoteAddress: '192.0.2.1', getPeerCertificate: () => (raw ? { raw } : {}) }
}

/** As `node:http` hands it over. */
function asNodeRequest(request: SenderRequest): GuardedRequest {
  const { headers, url, method } = request
  return { headers: {}, rawHeaders: headers.flat(), url, method, socket: socketOf(request) }
}

/** As a platform with lists of values hands it over. */
function asRecordRequest(request: SenderRequest): GuardedRequest {
  const { headers, url, method } = request
  const record: Record<string, string[]> = {}
  for (const [name, value] of headers) record[name] = [...(record[name] ?? []), value]
  return { headers: record, url, method, socket: socketOf(request) }
}

const outcomeAt = async ({ guard }: GuardWorld, request: GuardedRequest): Promise<string> =>
  outcomeOf(await guard.check(request))

async function assertOutcome(
  world: GuardWorld,
  one: SenderCase,
  form: (request: SenderRequest) => GuardedRequest,
): Promise<void> {
  for (const request of one.before) {
    assert.equal(await outcomeAt(world, form(request)), 'admitted', 'what comes before')
  }
  const before = world.events.length
  const verdict = await world.guard.check(form(one.request))
  assert.equal(outcomeOf(verdict), codeOf(one.expect), one.why)
  if (verdict.admitted) return
  const told = JSON.stringify([verdict, world.events.slice(before)])
  for (const [, value] of one.request.headers) {
    for (const part of value.split(/[ .]/)) assert.ok(part.length < 24 || !told.includes(part))
  }
  for (const [name, value] of verdict.headers) assert.match(name + value, /^[\x20-\x7e]+$/)
}

function corpusTests(title: string, cases: readonly SenderCase[], options: GuardOptions): void {
  describe(title, () => {
    const [asNode, asRecord] = [guardWorld(options), guardWorld(options)]
    for (const one of cases) {
      test(`${one.id} is ${one.expect} [R5]`, async () => {
        await assertOutcome(asNode, one, asNodeRequest)
        await assertOutcome(asRecord, one, asRecordRequest)
      })
    }

    test('all of it comes out the same in the other order [R5]', async () => {
      const world = guardWorld(options)
      for (const one of cases.toReversed()) await assertOutcome(world, one, asNodeRequest)
    })
  })
}

corpusTests('the guard and the sender corpus', corpus.cases, { publicOrigin })
corpusTests('the guard with nonces and the sender corpus', corpus.nonceCases, {
  ...{ publicOrigin, dpopNonces: 'required' },
})

test('a guard that takes no proofs refuses whatever is bound to a key [R5]', async () => {
  const world = guardWorld()
  for (const one of corpus.cases) {
    const scheme = one.request.headers[0]?.[1] ?? ''
    if (!/^dpop /i.test(scheme) || one.expect === 'claim_malformed') continue
    assert.notEqual(await outcomeAt(world, asNodeRequest(one.request)), 'admitted', one.id)
  }
})
