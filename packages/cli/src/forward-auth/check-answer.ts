/**
 * The answer to a proxy that asks about a request.
 *
 * Invariants
 *  (1) Every answer has all identity fields, empty unless the request is admitted.
 *  (2) To nginx a refusal is 401 or 403: `auth_request` takes 2xx for yes, these two for no, and makes 500 of
 *      everything else. What is meant is in `mintmark-status` and `mintmark-body`, which nginx is configured to answer.
 *  (3) A refusal that a proxy does not understand is still no yes: its status is never 2xx.
 */
import { type Field, nobody } from './identity-headers.ts'
import type { Judgement } from './judge.ts'
import type { ForwardAuthMode } from './original-request.ts'

/** A complete answer; the body is ASCII. */
export interface CheckAnswer {
  readonly status: number
  readonly fields: readonly Field[]
  readonly body: string
}

/** The answer for a judgement. */
export function checkAnswer(judgement: Judgement, mode: ForwardAuthMode): CheckAnswer {
  if (judgement.admitted) {
    const fields: readonly Field[] = [...judgement.identity, ...judgement.fields]
    // Envoy takes 200 and no other 2xx.
    return { status: 200, fields: [...fields, ['cache-control', 'no-store']], body: '' }
  }
  const { status, fields, body } = judgement.refusal
  if (mode === 'generic') return { status, fields: [...nobody, ...fields], body }
  const meant: readonly Field[] = [
    ['mintmark-status', String(status)],
    ['mintmark-body', body],
  ]
  return { status: status === 401 ? 401 : 403, fields: [...nobody, ...meant, ...fields], body }
}
