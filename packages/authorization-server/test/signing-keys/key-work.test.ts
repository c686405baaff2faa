import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyStagingSecondsMin } from '../../src/limits.ts'
import { keyWork } from '../../src/signing-keys/key-work.ts'
import type { SigningKeyRecord } from '../../src/storage/records.ts'

const DAY = 86_400_000
const rotation = { everySeconds: (90 * DAY) / 1000, publishAheadSeconds: (14 * DAY) / 1000 }
const createdAtWallMs = 1_000 * DAY

function record(kid: string, more: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid,
    algorithm: 'ES256',
    sealed: new Uint8Array(0),
    signer: undefined,
    createdAtWallMs,
    activatesAtWallMs: createdAtWallMs,
    retiresAtWallMs: undefined,
    compromisedAtWallMs: undefined,
    ...more,
  }
}

const dueAt = (records: readonly SigningKeyRecord[], nowWallMs: number) =>
  keyWork(records, rotation, nowWallMs).due.map(({ algorithm, activatesAtWallMs, besides }) => [
    algorithm,
    activatesAtWallMs - createdAtWallMs,
    ...besides,
  ])

test('the next key is made as long before its turn as it has to be published [A8]', () => {
  const due = createdAtWallMs + 76 * DAY
  assert.deepEqual(dueAt([record('a')], due - 1), [])
  assert.deepEqual(dueAt([record('a')], due), [['ES256', 90 * DAY, 'a']])
})

test('a rotation that is late still publishes the key first [A8]', () => {
  const late = createdAtWallMs + 400 * DAY
  const staged = 400 * DAY + keyStagingSecondsMin * 1000
  assert.deepEqual(dueAt([record('a')], late), [['ES256', staged, 'a']])
})

test('no second key is made while one is next, whoever made it [A8]', () => {
  const next = record('b', { activatesAtWallMs: createdAtWallMs + 500 * DAY })
  assert.deepEqual(dueAt([record('a'), next], createdAtWallMs + 400 * DAY), [])
})

test('each algorithm has a schedule of its own [A8]', () => {
  const rsa = record('r', { algorithm: 'RS256', activatesAtWallMs: createdAtWallMs + 50 * DAY })
  assert.deepEqual(dueAt([rsa, record('a')], createdAtWallMs + 80 * DAY), [
    ['ES256', 90 * DAY, 'a'],
  ])
})

test('a key of the first version, which knows no activation, is as old as it is [A8]', () => {
  assert.deepEqual(dueAt([record('a', { activatesAtWallMs: 0 })], createdAtWallMs + DAY), [])
})

test('where an external signer holds the key, none is made that would replace it [A8]', () => {
  const external = record('e', { signer: 'hsm' })
  assert.deepEqual(dueAt([external], createdAtWallMs + 400 * DAY), [])
})

test('with manual rotation nothing is made, and retired keys are still forgotten [A8]', () => {
  const records = [record('a'), record('b', { activatesAtWallMs: createdAtWallMs + DAY })]
  const work = keyWork(records, 'manual', createdAtWallMs + 400 * DAY)
  assert.deepEqual(work, { due: [], forgettable: ['a'] })
})
