/**
 * Sequences of operations for comparing two drivers. Every duration is either long over or never ends, so that the
 * outcome depends on the sequence alone and not on how fast it runs.
 */
import type { Publication, SharedStore } from '@mintmark/client/shared-store'
import fc from 'fast-check'

/** One operation, as it would be called. */
export interface Operation {
  readonly text: string
  readonly run: (driver: SharedStore) => Promise<unknown>
}

const name = fc.constantFrom('one', 'two')
const owner = fc.constantFrom('a', 'b')
const durationMs = fc.constantFrom(0, 600_000)
const generation = fc.nat({ max: 4 })
const fingerprint = fc.integer({ min: 1, max: 20 }).map((n) => `f${n}`)

/** Any operation. */
export const someOperation: fc.Arbitrary<Operation> = fc.oneof(
  operation('read', name),
  operation('acquire', name, owner, durationMs),
  operation(
    'write',
    name,
    fc.record({
      owner,
      generation,
      sealed: fc.constantFrom('b25l', 'dHdv'),
      lifetimeMs: durationMs,
    }),
  ),
  operation('release', name, owner),
  operation('retire', name, fingerprint, durationMs),
  operation('clear', name),
  operation('passCircuit', name),
  operation('openCircuit', name, fc.constantFrom('x', 'y'), durationMs, fc.constant(600_000)),
  operation('closeCircuit', name),
  operation(
    'spend',
    name,
    fc.uniqueArray(
      fc.record({
        windowSeconds: fc.constantFrom(10 ** 8, 10 ** 9),
        limit: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, selector: ({ windowSeconds }) => windowSeconds },
    ),
  ),
)

function operation(method: keyof SharedStore, ...parts: readonly fc.Arbitrary<unknown>[]) {
  return fc.tuple(...parts).map(
    (parameters): Operation => ({
      text: `${method} ${JSON.stringify(parameters)}`,
      run: (driver) => (driver[method] as (...given: unknown[]) => Promise<unknown>)(...parameters),
    }),
  )
}

/** An answer or a publication without the milliseconds that it was under way. */
export function withoutDelay(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer ?? null, (member, value) =>
      /remainingMs$/i.test(member) ? Math.ceil(value / 60_000) : value,
    ),
  )
}

/** What a driver answers to the operations, one after the other, and publishes. */
export async function outcomesOf(
  driver: SharedStore,
  operations: readonly Operation[],
  settle: (heard: readonly Publication[]) => Promise<void>,
) {
  const heard: Publication[] = []
  const stop = await driver.subscribe(
    (publication) => heard.push(publication),
    () => {},
  )
  const answers: unknown[] = []
  for (const { run } of operations) answers.push(withoutDelay(await run(driver)))
  await driver.retire('the end', 'f0', 0)
  await settle(heard)
  await stop()
  return { answers, heard: heard.map(withoutDelay) }
}
