/** From an error of the framework, of the database or of ours to a problem that tells nothing else. */
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { type Problem, type ProblemCode, problem } from './problem.ts'

/** The problem for anything that was thrown. */
export function failureProblem(error: unknown): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, keyword }) => ({
      at: instancePath,
      expected: String(keyword),
    }))
    return problem('request_malformed', { errors })
  }
  if (!(error instanceof Error)) return problem('internal_error')
  if (error.name === 'StorageError') return problem('storage_unavailable')
  const code = 'code' in error ? byFastifyCode.get(String(error.code)) : undefined
  return problem(code ?? 'internal_error')
}

const byFastifyCode: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'media_type_not_supported'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'body_malformed'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'body_malformed'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'body_malformed'],
  ['FST_ERR_BAD_URL', 'request_malformed'],
])
