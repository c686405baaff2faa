/** Answers and errors of axios without the token (requirement C10): with the configuration as the caller has it. */
import { hideRequest } from '../hidden-properties.ts'
import type { AxiosAnswer, AxiosConfig } from './axios-instance.ts'

/** An error of axios, as far as it matters here. */
export interface AxiosFailure {
  config?: unknown
  response?: AxiosAnswer | undefined
}

/** Cleans an answer in place. */
export function cleanAnswer(answer: AxiosAnswer, config: AxiosConfig): AxiosAnswer {
  answer.config = config
  hideRequest(answer)
  // A body that is streamed is a response of Node itself.
  hideRequest(answer.data)
  return answer
}

/** Cleans an error in place; one that is not from axios is left as it is. */
export function cleanError(error: unknown, config: AxiosConfig): unknown {
  if (!(error instanceof Error) || !('config' in error)) return error
  const failure: AxiosFailure = error
  failure.config = config
  hideRequest(failure)
  if (failure.response !== undefined) cleanAnswer(failure.response, config)
  return error
}
