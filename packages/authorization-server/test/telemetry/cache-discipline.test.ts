import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, seededRandom } from '@mintmark/testkit'
import { CacheDiscipline, joinDisciplines } from '../../src/telemetry/cache-discipline.ts'

const LIFETIME = 900

test('a client that uses each token to its end scores 1 [N6]', async () => {
  const { clock, discipline } = world()
  for (let token = 0; token < 20; token += 1) {
    discipline.issued('tidy', LIFETIME)
    await clock.advance(LIFETIME * 1000)
  }
  const tidy = discipline.of('tidy')
  assert.deepEqual(tidy, { clientId: 'tidy', tokensIssued: 20, score: 1, tokenPerCall: false })
})

test('a client that asks for a token for every call is noticed within a minute [N6]', async () => {
  const { clock, discipline } = world()
  for (let call = 0; call < 59; call += 1) {
    discipline.issued('wasteful', LIFETIME)
    await clock.advance(1_000)
  }
  const wasteful = discipline.of('wasteful')
  assert.equal(wasteful?.tokenPerCall, true)
  assert.ok(wasteful.score > 50)
})

test('one that asks every three seconds is noticed when that lasts [N6]', async () => {
  const { clock, discipline } = world()
  let noticedAfterSeconds = 0
  for (; discipline.of('slow')?.tokenPerCall !== true; noticedAfterSeconds += 3) {
    discipline.issued('slow', LIFETIME)
    await clock.advance(3_000)
  }
  assert.ok(noticedAfterSeconds > 0.2 * LIFETIME && noticedAfterSeconds < 0.5 * LIFETIME)
})

test('it is forgiven when it stops', async () => {
  const { clock, discipline } = world()
  for (let call = 0; call < 100; call += 1) {
    discipline.issued('repentant', LIFETIME)
    await clock.advance(1_000)
  }
  await clock.advance(30_000)
  assert.equal(discipline.of('repentant')?.tokenPerCall, false)
  for (let token = 0; token < 20; token += 1) {
    await clock.advance(LIFETIME * 1000)
    discipline.issued('repentant', LIFETIME)
  }
  assert.ok((discipline.of('repentant')?.score ?? 9) < 1.5)
})

test('fifty processes that start together and renew in their own time are no waste [N6]', async () => {
  const { clock, discipline } = world()
  const random = seededRandom(7)
  const byte = (): number => random.bytes(1)[0] as number
  const dueAtSeconds = Array.from({ length: 50 }, () => 0)
  for (let second = 0; second < 5 * LIFETIME; second += 1) {
    for (const [at, due] of dueAtSeconds.entries()) {
      if (second < due) continue
      discipline.issued('fleet', LIFETIME)
      dueAtSeconds[at] = second + LIFETIME * (0.7 + (0.15 * byte()) / 255)
    }
    await clock.advance(1_000)
    assert.equal(discipline.of('fleet')?.tokenPerCall, false)
  }
  const score = discipline.of('fleet')?.score ?? 0
  assert.ok(score > 40 && score < 80, `score ${score}`)
})

test('the worst come first, and no more than asked for', async () => {
  const { discipline } = world()
  for (const [client, tokens] of [
    ['a', 1],
    ['b', 30],
    ['c', 5],
  ] as const) {
    for (let token = 0; token < tokens; token += 1) discipline.issued(client, LIFETIME)
  }
  assert.deepEqual(
    discipline.worst(2).map(({ clientId }) => clientId),
    ['b', 'c'],
  )
  assert.equal(discipline.of('nobody'), undefined)
})

function world() {
  const clock = new FakeClock()
  return { clock, discipline: new CacheDiscipline(clock) }
}

test('what several processes saw of a client adds up beyond what is perfect [A13]', () => {
  const seen = (clientId: string, score: number, tokenPerCall = false) => ({
    ...{ clientId, tokensIssued: 10, score, tokenPerCall },
  })
  const processes = [
    [seen('hasty', 30.5, true), seen('calm', 1)],
    [seen('hasty', 31), seen('calm', 1), seen('lone', 2)],
  ]
  assert.deepEqual(joinDisciplines(processes, 2), [
    { clientId: 'hasty', tokensIssued: 20, score: 60.5, tokenPerCall: true },
    { clientId: 'lone', tokensIssued: 10, score: 2, tokenPerCall: false },
  ])
  assert.equal(joinDisciplines(processes, 9)[2]?.score, 1)
  assert.deepEqual(joinDisciplines([], 9), [])
})
