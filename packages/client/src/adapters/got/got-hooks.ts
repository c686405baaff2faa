/** The part of got that is used, described by its structure; the tests hold it against the installed one. */
import type { ReceivedHeaders } from '../resource-answer.ts'

/** The options of one sending. */
export interface GotOptions {
  readonly url?: string | URL | undefined
  readonly method: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly signal?: unknown
  readonly isStream?: boolean | undefined
  readonly agent?: Readonly<Record<string, unknown>> | undefined
  /** The option with which a caller makes the native request. */
  request?: unknown
}

/** Makes a native request; `undefined` leaves it to got. */
export type NativeRequest = (
  url: URL,
  options: { readonly headers: Record<string, unknown> },
  ...others: readonly unknown[]
) => unknown

/** An answer. */
export interface GotAnswer {
  readonly statusCode: number
  readonly headers: ReceivedHeaders
  readonly isFromCache?: boolean
  readonly request: { readonly options: GotOptions }
}

/** An error. */
export interface GotFailure extends Error {
  readonly options: GotOptions
  readonly response?: GotAnswer | undefined
}

/** Hooks for the option `hooks`. */
export interface GotHooks {
  readonly beforeRequest: ((options: GotOptions) => Promise<void>)[]
  readonly beforeRedirect: ((options: GotOptions) => void)[]
  readonly afterResponse: (<Answer extends GotAnswer>(
    answer: Answer,
    retryWithMergedOptions: (options: { preserveHooks: boolean }) => never,
  ) => Promise<Answer>)[]
  readonly beforeError: ((error: GotFailure) => Promise<Error>)[]
}
