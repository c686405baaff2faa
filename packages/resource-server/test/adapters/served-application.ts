/** The application that adapters are tested with: what is sent to it, what it answers, and how an adapter serves it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Admission, ProtectOptions } from '@mintmark/resource-server'

/** A request as it goes over the connection. */
export interface SentRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  /** Ends the connection when aborted. */
  readonly signal?: AbortSignal
}

export interface ReceivedResponse {
  readonly status: number
  readonly statusText: string
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The application behind the adapter, waiting for requests. */
export interface ServedApplication {
  send(request: SentRequest): Promise<ReceivedResponse>
  /** What reached whoever is there for errors: the framework's own place for them, or the caller of the function. */
  readonly failures: readonly unknown[]
  close(): Promise<void>
}

/** What the application does with every request before the guard sees it. */
export type Before = (path: string, answer: (status: number) => void) => void

/**
 * Serves an application behind `protect(options)`: for every path, and below `/mounted` once more, by the framework's
 * own way of mounting where there is one. It runs each request inside {@link requestContext}, and calls `before`.
 */
export type Serve = (options: ProtectOptions, before?: Before) => Promise<ServedApplication>

/** Holds each request's path: what an application of today uses to know the request it works for. */
export const requestContext = new AsyncLocalStorage<string>()

/** What a framework makes of refusals in its own way. */
export interface Habits {
  /** Whether an answer has a body, without any content, where there would be none. */
  readonly emptyBody?: string
  /** Whether the adapter can tell that somebody else answered. Default: true. */
  readonly seesAnswers?: boolean
}

/** What the application answers with 200: proof that the admission and the request's body reached it. */
export function applicationAnswer(admission: Admission, path: string, body: string): string {
  if (path === '/throws') throw new Error('from the application')
  const context = requestContext.getStore()
  return JSON.stringify({ client: admission.clientId, path, body, context })
}
