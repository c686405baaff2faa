/** The preconditions of a request (RFC 9110 section 13), for operations about something that has a version. */
import type { FastifyRequest } from 'fastify'
import { parseTagCondition } from '../wire/entity-tag.ts'
import { ProblemError, problem } from './problem.ts'

/**
 * The versions that a change is for, from `If-Match`; `undefined` when it is for any. The registry compares them in the
 * transaction that makes the change. Throws {@link ProblemError} for what is no list of entity tags.
 */
export function changedVersions({ headers }: FastifyRequest): readonly string[] | undefined {
  const value = headers['if-match']
  if (value === undefined) return undefined
  const condition = parseTagCondition(value)
  if (condition === undefined) throw malformed('if-match')
  return condition.kind === 'any' ? undefined : condition.strong
}

/**
 * Whether the caller has that version already, by `If-None-Match`: then the answer is 304. Throws {@link ProblemError}
 * for what is no list of entity tags.
 */
export function isKnown(
  { headers }: FastifyRequest,
  { version }: { readonly version: string },
): boolean {
  const value = headers['if-none-match']
  if (value === undefined) return false
  const condition = parseTagCondition(value)
  if (condition === undefined) throw malformed('if-none-match')
  return condition.kind === 'any' || [...condition.strong, ...condition.weak].includes(version)
}

function malformed(name: string): ProblemError {
  return new ProblemError(
    problem('request_malformed', { errors: [{ at: `/headers/${name}`, expected: 'entity tags' }] }),
  )
}
