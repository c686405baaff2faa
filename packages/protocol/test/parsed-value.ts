import assert from 'node:assert/strict'
import type { Parsed } from '../src/index.ts'

/** What was parsed; fails the test, naming the violation, when something was refused. */
export function parsedValue<Value>(parsed: Parsed<Value, string>): Value {
  assert.ok(parsed.ok, parsed.ok ? '' : `refused as ${parsed.violation}`)
  return parsed.value
}
