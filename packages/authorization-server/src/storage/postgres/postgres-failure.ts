/**
 * What PostgreSQL and the way to it can answer instead of doing what was asked, as an error that says what to do. The
 * driver's own messages quote statements, values and addresses, so nothing of them is passed on but the code.
 */
import { systemCodeOf } from '../../system-code.ts'
import { StorageError } from '../storage.ts'

/** By SQLSTATE, or the first characters of one (PostgreSQL, appendix A). */
const explanations: readonly (readonly [start: string, explanation: string])[] = [
  ['28', 'refuses this account; check name and password'],
  ['3D000', 'is not there; create the database first'],
  ['42501', 'does not let this account do that; grant it the right to create and use tables'],
  ['42', 'does not have the tables that it should have; is it the right database?'],
  ['25006', 'may only be read; use the address of the primary server'],
  ['53300', 'has no free connection; raise max_connections or lower connectionsMax'],
  ['53', 'has run out of space or memory'],
  ['55P03', 'is busy: a lock was not free in time'],
  ['57014', 'takes too long to answer'],
  ['57P', 'is starting or shutting down'],
]

/** A code is shown only when it has the shape of one. */
const CODE = /^[A-Z0-9_]{2,40}$/

/** Makes a {@link StorageError} of what the driver threw. */
export function postgresFailure(error: unknown, location: string): StorageError {
  const found = systemCodeOf(error)
  const code = found !== undefined && CODE.test(found) ? found : undefined
  const known = explanations.find(([start]) => code?.startsWith(start))
  const explanation = known?.[1] ?? 'cannot be reached; check its address and that it runs'
  const shown = code === undefined ? '' : ` (${code})`
  const text = `${location} ${explanation}${shown}`
  return new StorageError('storage_unavailable', location, text, code)
}

/** Whether the transaction was only in the way of another one, and may be run again from its start. */
export function isInTheWay(error: unknown): boolean {
  const code = error instanceof StorageError ? error.systemCode : undefined
  // deadlock_detected, serialization_failure
  return code === '40P01' || code === '40001'
}
