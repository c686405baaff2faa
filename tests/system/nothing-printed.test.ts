/**
 * Nothing secret is ever printed (requirement C10): a process drives every failure, every event and whole lives of
 * clients against a hostile partner, and prints everything it gets to see in every way there is. What it put out is
 * searched for every secret and every piece of one.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { before, test } from 'node:test'
import { findSecret } from '@mintmark/testkit'
import { startHostilePartner } from './leaks/hostile-partner.ts'
import { knownSecrets } from './leaks/known-secrets.ts'

const sources = join(import.meta.dirname, '../../packages/client/src')

const SEEN = 'seen on the wire'

interface Summary {
  readonly codes: Readonly<Record<string, readonly string[]>>
  readonly events: readonly string[]
  /** How many spans were exported. */
  readonly spans: number
  readonly unhandled: number
  readonly warnings: number
}

interface Finished {
  readonly exitCode: number
  /** Every line once. */
  readonly output: string
  readonly summary: Summary
  readonly secrets: readonly (readonly [name: string, secret: string])[]
}

let finished: Finished

before(async () => {
  const partner = await startHostilePartner()
  const program = join(import.meta.dirname, 'leaks/leaking-program.ts')
  const args = ['--conditions=source', program, partner.origin]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let summary: Summary | undefined
  child.on('message', (message: Summary) => {
    summary = message
  })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    once(child, 'close'),
  ])
  await partner.close()
  assert.ok(summary, `the program ended early: ${stderr.slice(-500)}`)
  const lines = [stdout, stderr].flatMap((stream) => stream.split('\n'))
  const secrets = [
    ...Object.entries(knownSecrets),
    ...[...partner.seenOnTheWire].map((secret) => [SEEN, secret] as const),
  ]
  finished = { exitCode, output: [...new Set(lines)].join('\n'), summary, secrets }
})

test('drives every failure of the client to its end [C10]', () => {
  const codes = keysBetween(read('failure.ts'), 'const failures = {\n', '\n}', /^ {2}(\w+): /gm)
  assert.deepEqual(Object.keys(finished.summary.codes).toSorted(), codes.toSorted())
  for (const [code, reached] of Object.entries(finished.summary.codes)) {
    assert.deepEqual(new Set(reached), new Set([code]))
  }
})

test('makes every event happen [C10] [C16]', () => {
  const types = keysBetween(read('events.ts'), 'type TokenClientEvent', 'Report', /type: '(\w+)'/g)
  assert.deepEqual(finished.summary.events.toSorted(), types.toSorted())
})

test('prints no secret, nor twelve characters of one, in any encoding [C10]', () => {
  const onTheWire = finished.secrets.filter(([name]) => name === SEEN)
  assert.ok(onTheWire.length > 10, 'assertions, proofs and Basic credentials were sent')
  const found = finished.secrets.flatMap(([name, secret]) => {
    const form = findSecret(finished.output, secret)
    return form === undefined ? [] : [`${name} as ${form}`]
  })
  assert.deepEqual(found, [])
})

test('exports spans and metrics, which are searched with all the rest [C16]', () => {
  assert.ok(finished.summary.spans > 50)
  assert.match(finished.output, /mintmark\.client\.token_request\.duration/)
})

test('leaves no rejection unhandled, causes no warning, and ends by itself [C7] [C15]', () => {
  const { exitCode, summary } = finished
  assert.deepEqual([exitCode, summary.unhandled, summary.warnings], [0, 0, 0])
})

function read(path: string): string {
  return readFileSync(join(sources, path), 'utf8')
}

function keysBetween(source: string, start: string, end: string, key: RegExp): readonly string[] {
  const [, after = ''] = source.split(start)
  const [literal = ''] = after.split(end)
  const keys = [...literal.matchAll(key)].map(([, name]) => name ?? '')
  assert.ok(keys.length > 0, `nothing was found behind "${start}"`)
  return keys
}
