/** What passes between a test and the processes of its fleet. */
import type { TokenClientEvent, TokenClientOptions } from '@mintmark/client'

/** What a process starts with. */
export interface WorkerSettings {
  readonly redisPort: number
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
  readonly storeKey: string
  /** Long, so that a busy machine is not taken for a store in trouble, unless trouble is what a test is about. */
  readonly storeDeadlineMs: number
  /** In a load, each so many calls one is for a token that nobody has asked for before; 0: never. */
  readonly coldEvery: number
  /** Options of the client that JSON can carry. */
  readonly client: Pick<TokenClientOptions, 'tokenRequestTimeoutMs' | 'deadlineMs'>
}

/** One order. */
export interface FleetOrder {
  readonly id: number
  readonly name: 'calls' | 'startLoad' | 'stopLoad' | 'changeSecret' | 'dispose'
  readonly parameters: readonly unknown[]
}

/** What a process tells. */
export type FleetMessage =
  | { readonly isReady: true }
  | { readonly event: TokenClientEvent['type'] }
  | { readonly id: number; readonly result: unknown }

/** What came of calls that were made at once. */
export interface CallReport {
  readonly fingerprints: readonly string[]
  /** Codes. */
  readonly failures: readonly string[]
  readonly waitsMs: readonly number[]
}

/** What came of a load. */
export interface LoadReport {
  calls: number
  /** How many calls ended with a code, or with a status other than 200. */
  readonly failures: Record<string, number>
  longestWaitMs: number
  lastCallAtWallMs: number
}
