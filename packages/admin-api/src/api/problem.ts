/**
 * Failures of the admin API in the form of RFC 9457. `type` is a URN with a stable code; `detail` is ours and may
 * repeat names that the operator gave, never a secret.
 */
import { describeRegistryViolation, type RegistryViolation } from '@mintmark/authorization-server'

/** A failure, as it is sent. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  /** Of a refused change: the operator's own word that it is about. */
  readonly subject?: string
  /** Of a request that does not fit its schema: where it does not. */
  readonly errors?: readonly { readonly at: string; readonly expected: string }[]
}

/** Something is wrong with a request, or with us. Thrown by operations; caught where answers are written. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.problem = problem
  }
}

/** A problem with one of the codes below. */
export function problem(code: ProblemCode, more: Partial<Problem> = {}): Problem {
  const [status, title] = problems[code]
  return { type: `urn:mintmark:problem:${code}`, title, status, code, ...more }
}

/** A change that the registry refuses. */
export function refusedChange(violation: RegistryViolation, subject: string): Problem {
  return {
    type: `urn:mintmark:problem:${violation}`,
    title: 'the change is refused',
    status: statusOf(violation),
    code: violation,
    detail: describeRegistryViolation(violation, subject),
    subject,
  }
}

/** The code of a problem that is not a refused change. */
export type ProblemCode = keyof typeof problems

const problems = {
  request_malformed: [400, 'the request does not fit its schema'],
  body_malformed: [400, 'the body is not JSON'],
  body_too_large: [413, 'the body is too large'],
  media_type_not_supported: [415, 'send application/json'],
  operation_unknown: [404, 'there is no operation at this path'],
  method_not_allowed: [405, 'there is no operation with this method at this path'],
  not_found: [404, 'there is nothing of this name'],
  too_many_requests_at_once: [503, 'too many requests at once'],
  storage_unavailable: [503, 'the database cannot be used now'],
  internal_error: [500, 'something broke'],
} as const satisfies Record<string, readonly [status: number, title: string]>

const missing = new Set<RegistryViolation>([
  'client_unknown',
  'secret_unknown',
  'key_unknown',
  'resource_unknown',
])
const conflicting = new Set<RegistryViolation>([
  'client_exists',
  'resource_exists',
  'secret_exists',
  'resource_in_use',
  'scope_in_use',
  'secret_in_use',
  'secret_retired',
])

function statusOf(violation: RegistryViolation): number {
  if (missing.has(violation)) return 404
  if (conflicting.has(violation)) return 409
  if (violation === 'version_outdated') return 412
  return violation === 'registry_busy' ? 503 : 422
}
