/** Reads what the scripts publish. Anybody who may publish may send anything: what is not of our making is nothing. */
import { sealedLengthMax } from '../../limits.ts'
import type { Publication, SharedCircuit } from '../shared-store.ts'
import type { StoreClock } from './store-clock.ts'

/** Room for a sealed entry and what stands around it. */
const MESSAGE_LENGTH_MAX = sealedLengthMax + 1_024

/**
 * The publication that `message` is, or `undefined`. What it says about remaining time is corrected by how long the
 * message was under way.
 */
export function parsePublication(message: string, storeClock: StoreClock): Publication | undefined {
  const fields = fieldsOf(message)
  if (fields === undefined || !isText(fields.name) || !isDuration(fields.atMs)) return undefined
  const { kind, name, atMs } = fields
  const ageMs = storeClock.ageMs(atMs)
  if (kind === 'written') return written(name, fields, ageMs)
  if (kind === 'released') return { kind, name }
  if (kind === 'retired') {
    return isText(fields.fingerprint) ? { kind, name, fingerprint: fields.fingerprint } : undefined
  }
  if (kind !== 'circuit') return undefined
  if (fields.circuit === undefined) return { kind, name, circuit: undefined }
  const circuit = circuitOf(fields.circuit, ageMs)
  return circuit === undefined ? undefined : { kind, name, circuit }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(message: string): Fields | undefined {
  if (message.length > MESSAGE_LENGTH_MAX) return undefined
  try {
    const parsed: unknown = JSON.parse(message)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function written(name: string, fields: Fields, ageMs: number): Publication | undefined {
  const { generation, sealed, remainingMs } = fields
  if (!isDuration(generation) || !isText(sealed) || !isDuration(remainingMs)) return undefined
  return { kind: 'written', name, generation, sealed, remainingMs: left(remainingMs, ageMs) }
}

function circuitOf(circuit: unknown, ageMs: number): SharedCircuit | undefined {
  if (!isObject(circuit)) return undefined
  const { code, pauseMs, remainingMs } = circuit
  if (!isText(code) || !isDuration(pauseMs) || !isDuration(remainingMs)) return undefined
  return { code, pauseMs, remainingMs: left(remainingMs, ageMs) }
}

function left(remainingMs: number, ageMs: number): number {
  return Math.max(0, remainingMs - ageMs)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** A whole number that is not negative. */
function isDuration(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
