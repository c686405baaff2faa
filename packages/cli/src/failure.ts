/**
 * Turns whatever a command threw into one line, a stable code and an exit code. Errors of other
 * packages are recognised by their name, so that a mistyped flag does not wait for those packages
 * to load.
 *
 * Only members that are known to be ours are read. The message of an error that nobody planned for
 * may hold anything, so it is not shown: such an error is a bug, and the name of its class is all
 * that is told.
 */

import type { AdminApiError } from '@mintmark/admin-api/remote'
import type {
  BackupError,
  ListenError,
  StorageError,
  TlsFilesError,
} from '@mintmark/authorization-server'
import type { TokenAcquisitionError } from '@mintmark/client'
import type { InvariantViolation } from '@mintmark/runtime'
import { CommandFailure } from './command-failure.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { printable } from './printable.ts'

/** A failure as it is reported: `message` is one line that is safe on a terminal. */
export interface FailureDescription {
  readonly code: string
  readonly message: string
  readonly exitCode: ExitCode
}

/** The errors that commands let through, by the name their class gives them. */
interface KnownErrors {
  readonly TokenAcquisitionError: TokenAcquisitionError
  readonly StorageError: StorageError
  readonly BackupError: BackupError
  readonly ListenError: ListenError
  readonly TlsFilesError: TlsFilesError
  readonly AdminApiError: AdminApiError
  readonly InvariantViolation: InvariantViolation
}

type Describe<Failure> = (error: Failure) => { readonly code: string; readonly message: string }

const descriptions: { readonly [Name in keyof KnownErrors]: Describe<KnownErrors[Name]> } = {
  TokenAcquisitionError: (error) => ({ code: error.code, message: tokenFailure(error) }),
  StorageError: (error) => ({ code: error.code, message: error.message }),
  BackupError: (error) => ({ code: error.code, message: error.message }),
  ListenError: (error) => ({ code: error.code, message: error.message }),
  TlsFilesError: (error) => ({ code: error.code, message: error.message }),
  AdminApiError: (error) => ({ code: error.code, message: adminFailure(error) }),
  InvariantViolation: (error) => ({
    code: 'internal_error',
    message: `this is a bug in mintmark: not so that ${error.message}`,
  }),
}

/** Describes anything thrown by a command. Total: what is not known is an `internal_error`. */
export function describeFailure(error: unknown): FailureDescription {
  if (error instanceof CommandFailure) return described(error.code, error.message, error.exitCode)
  if (error instanceof Error && Object.hasOwn(descriptions, error.name)) {
    const describe = descriptions[error.name as keyof KnownErrors] as Describe<Error>
    const { code, message } = describe(error)
    return described(code, message, exitCode.failure)
  }
  const kind = error instanceof Error ? error.constructor.name : typeof error
  return described(
    'internal_error',
    `this is a bug in mintmark, which ended with ${kind}; please report the command`,
    exitCode.failure,
  )
}

function described(code: string, message: string, exit: ExitCode): FailureDescription {
  return { code, message: printable(message), exitCode: exit }
}

function adminFailure({ message, httpStatus }: AdminApiError): string {
  return httpStatus === undefined ? message : `${message} (HTTP ${httpStatus})`
}

/** The client's own words, with what the other side said: registered codes and numbers only. */
function tokenFailure(error: TokenAcquisitionError): string {
  const { code, message, oauthError, httpStatus, causeCode, retryAfterMs } = error
  const status = httpStatus === undefined ? undefined : `HTTP ${httpStatus}`
  const facts = [oauthError, status, causeCode].filter((fact) => fact !== undefined)
  const parts = [commandLineWords.get(code) ?? message]
  if (facts.length > 0) parts.push(` (${facts.join(', ')})`)
  if (retryAfterMs !== undefined) parts.push(`; try again in ${Math.ceil(retryAfterMs / 1000)} s`)
  return parts.join('')
}

/** Where the client's words advise an option that is no flag here. */
const commandLineWords: ReadonlyMap<string, string> = new Map([
  [
    'token_endpoint_foreign',
    'the metadata names a token endpoint on another origin; if it is right, give --token-endpoint',
  ],
])
