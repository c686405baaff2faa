export type { KeySecret, StoreKey, StoreKeySource, StoreKeys } from './key-ring.ts'
export {
  createSealing,
  type EntryText,
  type Opened,
  type Sealing,
  type SealingOptions,
  type UnusableReason,
} from './sealing.ts'
export type {
  LeaseAnswer,
  MintWindow,
  Publication,
  SharedCircuit,
  SharedRecord,
  SharedStore,
  SharedWrite,
} from './shared-store.ts'
export { type SharedTokenStoreOptions, sharedTokenStore } from './shared-token-store.ts'
