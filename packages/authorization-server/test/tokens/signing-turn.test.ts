import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeEngine, type SignatureAlgorithm, type SynchronousSignatureEngine } from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import { eventLoopTurns, the } from '@mintmark/testkit'
import { signaturesWaitingMax } from '../../src/limits.ts'
import { createAccessTokenTemplate } from '../../src/tokens/access-token-template.ts'
import { createOpaqueSeal } from '../../src/tokens/opaque-token.ts'
import { SigningBacklog } from '../../src/tokens/signing-backlog.ts'
import { createSigningTurn } from '../../src/tokens/signing-turn.ts'

const engine = nodeEngine()
invariant(engine !== undefined, 'tests run on Node')

function templateFor(algorithm: SignatureAlgorithm) {
  invariant(engine !== undefined, 'tests run on Node')
  return createAccessTokenTemplate({
    issuer: the.issuer,
    clientId: the.clientId,
    scope: the.scope,
    audience: [the.audience],
    lifetimeSeconds: 600,
    key: engine.importSigningKey(engine.generateKey(algorithm), algorithm, 'kid-1'),
    tellsScope: true,
  })
}

const seal = createOpaqueSeal(new Uint8Array(32), the.issuer)
const es256 = templateFor('ES256')
const wallMs = (): number => the.nowSeconds * 1000

test('answers every accepted request, in the order of acceptance, and not before the turn has ended', async () => {
  const turn = createSigningTurn(engine, seal, wallMs, new SigningBacklog(() => 0))
  const order: string[] = []
  for (const jti of ['one', 'two', 'three']) turn.sign(es256, jti, undefined, () => order.push(jti))
  assert.deepEqual(order, [])
  await eventLoopTurns(1)
  assert.deepEqual(order, ['one', 'two', 'three'])
})

test('signs no more in one turn than its share of time, and the rest in the turns that follow', async () => {
  const rs256 = templateFor('RS256')
  const turn = createSigningTurn(engine, seal, wallMs, new SigningBacklog(() => 0))
  let answered = 0
  for (let at = 0; at < 20; at++) turn.sign(rs256, `jti-${at}`, undefined, () => answered++)
  await eventLoopTurns(1)
  assert.equal(answered, 8)
  await eventLoopTurns(3)
  assert.equal(answered, 20)
})

test('signs a whole turn of quick signatures at once, and what came after it at the end', async () => {
  const turn = createSigningTurn(engine, seal, wallMs, new SigningBacklog(() => 0))
  let answered = 0
  for (let at = 0; at < 70; at++) turn.sign(es256, `jti-${at}`, undefined, () => answered++)
  assert.equal(answered, 64)
  await eventLoopTurns(1)
  assert.equal(answered, 70)
})

test('says no at once when too many wait, and accepts again afterwards', async () => {
  const eddsa = templateFor('EdDSA')
  const turn = createSigningTurn(engine, seal, wallMs, new SigningBacklog(() => 0))
  const ignore = (): void => undefined
  for (let at = 0; at < signaturesWaitingMax; at++)
    assert.ok(turn.sign(eddsa, 'jti', undefined, ignore))
  assert.equal(turn.sign(eddsa, 'jti', undefined, ignore), false)
  await eventLoopTurns(2)
  assert.equal(turn.sign(eddsa, 'jti', undefined, ignore), true)
  await eventLoopTurns(80)
})

test('lets few wait for a slow key, answers them in time, and takes everybody again afterwards [A10]', async () => {
  let nowMs = 0
  const slow: SynchronousSignatureEngine = {
    ...engine,
    sign(key, input) {
      nowMs += 1
      return engine.sign(key, input)
    },
  }
  const turn = createSigningTurn(slow, seal, wallMs, new SigningBacklog(() => nowMs))
  const waits: number[] = []
  const ask = (): boolean => {
    const askedMs = nowMs
    return turn.sign(es256, 'jti', undefined, () => void waits.push(nowMs - askedMs))
  }
  let taken = 0
  for (let round = 0; round < 1_000; round++) {
    for (let at = 0; at < 200; at++) if (ask()) taken += 1
    if (round === 700) waits.length = 0
    await eventLoopTurns(1)
  }
  while (turn.waiting > 0) await eventLoopTurns(1)
  assert.ok(Math.max(...waits) <= 100, `somebody waited for ${Math.max(...waits)} ms`)
  assert.ok(taken < 7_000, `${taken} were taken`)
  assert.equal(ask(), true)
  await eventLoopTurns(2)
})
