/** What the contract of the adapters is made of, and what it asks of those that are put to the test. */
import type { TokenClient, TokenClientOptions } from '@mintmark/client'
import type { AdapterWorld } from '../adapter-world.ts'

/** A request, in terms that every library has. */
export interface Call {
  readonly url: string
  /** Default `GET`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Send the body as a stream, which can be read once. */
  readonly isStreamed?: boolean
  readonly signal?: AbortSignal
}

/** An answer, whatever its status. */
export interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** A library with its adapter. */
export interface Caller {
  /** Resolves with every answer; rejects when there is none. */
  readonly send: (call: Call) => Promise<Answer>
  /** Gives and throws what the library itself does by default, some statuses included. */
  readonly sendPlainly: (call: Call) => Promise<unknown>
  readonly close?: () => Promise<void>
}

/** What is put to the test. */
export interface AdapterUnderTest {
  readonly name: string
  readonly open: (client: TokenClient, api: string) => Caller
  /** Whether the library follows redirects. Default `true`. */
  readonly followsRedirects?: boolean
  /** Whether it can be known which URL an answer is from. Default `true`. */
  readonly knowsAnsweredUrl?: boolean
  /** Connections that sequential requests use. Default 1. */
  readonly connectionsMax?: number
}

/** What a case has at hand. */
export interface ContractSetting {
  readonly world: AdapterWorld
  readonly client: TokenClient
  readonly caller: Caller
  readonly adapter: AdapterUnderTest
}

/** One thing that every adapter does. */
export interface ContractCase {
  readonly title: string
  readonly options?: () => Partial<TokenClientOptions>
  readonly run: (setting: ContractSetting) => Promise<void>
}
