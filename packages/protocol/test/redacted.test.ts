import assert from 'node:assert/strict'
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { redact } from '../src/index.ts'

const raw = 'mm_4eC39HqLyjWDarjtT1zdp7dc'
const secret = redact('client secret', raw)
const nested = { options: { credentials: [secret] }, map: new Map([['secret', secret]]) }

/** Every way a value turns into text without being asked for. */
const prints: readonly { how: string; text: string }[] = [
  { how: 'String()', text: String(secret) },
  { how: 'a template', text: `${secret}` },
  { how: 'concatenation', text: `${'secret: '.concat(secret as never)}` },
  { how: 'toLocaleString', text: secret.toLocaleString() },
  { how: 'JSON', text: JSON.stringify(secret) },
  { how: 'JSON, nested', text: JSON.stringify({ list: [nested.options] }) },
  { how: 'inspect', text: inspect(secret) },
  { how: 'inspect, nested', text: inspect(nested, { depth: 9 }) },
  { how: 'inspect with hidden', text: inspect(nested, { depth: 9, showHidden: true }) },
  { how: 'inspect without custom', text: inspect(nested, { depth: 9, customInspect: false }) },
  { how: 'format %s', text: format('%s', secret) },
  { how: 'format %o %O %j %d', text: format('%o %O %j %d', secret, secret, secret, secret) },
  { how: 'console', text: printedByConsole(nested) },
  { how: 'an error field', text: inspect(Object.assign(new Error('failed'), { secret })) },
  { how: 'an error cause', text: inspect(new Error('failed', { cause: secret })) },
  { how: 'an assertion diff', text: assertionDiff() },
  { how: 'a structured clone', text: inspect(structuredClone(secret)) },
  { how: 'serialisation by V8', text: serialize(secret).toString('latin1') },
  { how: 'its own keys and entries', text: Reflect.ownKeys(secret).concat(entries()).join() },
]

describe('Redacted', () => {
  it('gives the raw text to whoever asks by name', () => {
    assert.equal(secret.reveal(), raw)
  })

  for (const { how, text } of prints) {
    it(`keeps its text out of ${how} [C10]`, () => {
      assert.equal(text.includes(raw), false)
      assert.equal(text.includes(raw.slice(3, 15)), false)
    })
  }

  it('prints as its kind wherever text is asked for [C10]', () => {
    assert.equal(`${secret}`, '[redacted client secret]')
    assert.equal(JSON.stringify({ secret }), '{"secret":"[redacted client secret]"}')
    assert.equal(inspect({ secret }), '{ secret: [redacted client secret] }')
    assert.equal(format('%s', secret), '[redacted client secret]')
  })

  it('prints as its kind where Deno inspects it [C10]', () => {
    const inspector: unknown = Reflect.get(secret, Symbol.for('Deno.customInspect'))
    assert.ok(typeof inspector === 'function')
    assert.equal(inspector.call(secret), '[redacted client secret]')
  })
})

function entries(): string[] {
  return Object.entries(secret).flat()
}

function assertionDiff(): string {
  try {
    assert.deepEqual({ secret }, { secret: 'other' })
  } catch (error) {
    return inspect(error)
  }
  return raw
}

function printedByConsole(value: unknown): string {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const memory = new Console(stream)
  memory.log(value)
  memory.error(value)
  memory.dir(value, { depth: 9 })
  memory.table([value])
  return lines.join('')
}
