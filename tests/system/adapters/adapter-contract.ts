/**
 * What every adapter does, whichever library it is for: one suite, run against each of them with the real library and
 * real sockets (requirement C14).
 */
import { test } from 'node:test'
import { startAdapterWorld } from './adapter-world.ts'
import { attachingCases } from './contract/attaching.ts'
import { bindingCases } from './contract/binding.ts'
import { bodyCases } from './contract/bodies.ts'
import type { AdapterUnderTest, ContractCase } from './contract/contract-case.ts'
import { leakCases } from './contract/leaks.ts'
import { unauthorizedCases } from './contract/unauthorized.ts'

export type { Call, Caller } from './contract/contract-case.ts'

const cases: readonly ContractCase[] = [
  ...attachingCases,
  ...unauthorizedCases,
  ...bodyCases,
  ...bindingCases,
  ...leakCases,
]

/** Registers the suite for one adapter. */
export function contractSuite(adapter: AdapterUnderTest): void {
  for (const { title, options, run } of cases) {
    test(`${adapter.name}: ${title}`, async () => {
      const world = await startAdapterWorld()
      const client = world.client(options?.())
      const caller = adapter.open(client, world.api)
      try {
        await run({ world, client, caller, adapter })
      } finally {
        await caller.close?.()
        await world.close()
      }
    })
  }
}
