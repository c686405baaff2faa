/** The part of axios that is used, described by its structure; the tests hold it against the installed one. */
import type { ReceivedHeaders } from '../resource-answer.ts'

/** The configuration of one request. */
export interface AxiosConfig {
  method?: string | undefined
  data?: unknown
  headers?: object | undefined
  signal?: unknown
  adapter?: unknown
  beforeRedirect?: unknown
  auth?: unknown
  httpAgent?: unknown
  httpsAgent?: unknown
}

/** What an adapter answers with, and what its errors have in `response`. */
export interface AxiosAnswer {
  status: number
  headers: ReceivedHeaders
  data: unknown
  config: AxiosConfig
  request?: unknown
}

/** Sends one request, and rejects where `validateStatus` says so. */
export type AxiosAdapter = (config: AxiosConfig) => Promise<AxiosAnswer>

/** An instance: what `axios.create()` gives, or `axios` itself. */
export interface AxiosInstance {
  readonly defaults: object
  readonly interceptors: {
    readonly request: {
      readonly use: (onFulfilled: never, onRejected: never, options: never) => number
    }
  }
  create(): AxiosInstance
  getUri(config: object): string
  request(config: object): Promise<unknown>
}
