/** What anybody may read, and what is said where there is nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answer, problem } from './answers.ts'
import { methodsOf, type Route } from './route.ts'

/** Yearly rates in percent, by term in months. */
const RATES = [
  { months: 12, percent: '4.90' },
  { months: 36, percent: '5.40' },
  { months: 60, percent: '5.90' },
]

/** `GET /public/v1/rates`. */
export function showRates(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, 200, { rates: RATES })
}

/** `GET /public/v1/status`. */
export function showStatus(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, 200, { status: 'open' })
}

/** 405 for a path that has other methods, 404 for one that is none. */
export function answerOther(
  routes: readonly Route[],
  path: string,
  response: ServerResponse,
): void {
  const methods = methodsOf(routes, path)
  if (methods.length === 0) problem(response, 404, 'Not Found')
  else problem(response, 405, 'Method Not Allowed', {}, { allow: methods.join(', ') })
}
