/**
 * What every driver of a shared store keeps to: the rules of the port, and what each operation promises. For drivers of
 * whatever store, in whatever test runner.
 */
import { circuitContract } from './circuit-contract.ts'
import { publicationContract } from './publication-contract.ts'
import { recordContract } from './record-contract.ts'
import type { ContractCase } from './store-world.ts'

/** All cases. Each opens a world of its own, so that they may run side by side. */
export const sharedStoreContract: readonly ContractCase[] = [
  ...recordContract,
  ...circuitContract,
  ...publicationContract,
]
