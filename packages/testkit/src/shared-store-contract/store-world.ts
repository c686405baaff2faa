/**
 * The world of a contract test: an empty store, and ways to look at it. Durations are long against what an operation
 * takes and short against patience, since time may be real.
 */
import assert from 'node:assert/strict'
import type { Publication, SharedStore } from '@mintmark/client/shared-store'

/** An empty store, in which a test is alone. */
export interface StoreWorld {
  /** A driver as another process would have it. */
  readonly connect: () => Promise<SharedStore>
  /** Lets so much time pass for the store. */
  readonly pass: (ms: number) => Promise<void>
}

/** One test. `run` rejects when the driver does not keep to it. */
export interface ContractCase {
  readonly title: string
  readonly run: (open: () => Promise<StoreWorld>) => Promise<void>
}

/** A short duration ... */
export const SOON_MS = 400
/** ... and one after which it is over. */
export const AFTERWARDS_MS = 450
/** A duration that no test sees the end of. */
export const LONG_MS = 600_000

/** Two owners of leases. */
export const MINE = 'owner-a'
/** The other one. */
export const THEIRS = 'owner-b'

/** An entry for an empty record. */
export const entry = { owner: MINE, generation: 0, sealed: 'c2VhbGVk', lifetimeMs: LONG_MS }

/** A world with one driver in it. */
export async function ready(
  open: () => Promise<StoreWorld>,
): Promise<readonly [SharedStore, StoreWorld]> {
  const world = await open()
  return [await world.connect(), world]
}

/** So many drivers of one world. */
export function several(
  connect: StoreWorld['connect'],
  count: number,
): Promise<readonly SharedStore[]> {
  return Promise.all(Array.from({ length: count }, connect))
}

/** The drivers take turns. */
export function at(drivers: readonly SharedStore[], n: number): SharedStore {
  return drivers[n % drivers.length] as SharedStore
}

/** Everything that a driver hears from now on. */
export async function listening(driver: SharedStore): Promise<readonly Publication[]> {
  const heard: Publication[] = []
  await driver.subscribe((publication) => heard.push(publication), unexpected)
  return heard
}

/** A listener for what does not happen. */
export function unexpected(): never {
  assert.fail('nothing was to be heard')
}

/** Asserts that a duration is that long, but for what it lost on the way here. */
export function isAbout(actualMs: number | undefined, wholeMs: number): void {
  assert(actualMs !== undefined && actualMs <= wholeMs && actualMs > wholeMs - 5_000)
}
