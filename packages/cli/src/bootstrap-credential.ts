/** Where the credential of the first administrator goes: into a file of its owner's, or before a person's eyes. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BootstrapCredential } from '@mintmark/admin-api'
import { failure } from './command-failure.ts'
import { describeFileError, systemCode } from './file-error.ts'
import type { ProcessEdge } from './process-edge.ts'

const OWNER_ONLY = 0o600

/**
 * Writes the credential into a new file that only its owner may read.
 *
 * @throws CommandFailure `bootstrap_file_unwritable`, also when there is such a file already. The
 *   secret is lost then; `mintmark admin bootstrap` makes another.
 */
export function keepCredential(
  credential: BootstrapCredential,
  file: string,
  { workingFolder }: ProcessEdge,
): void {
  try {
    const text = `${JSON.stringify(credentialDocument(credential))}\n`
    writeFileSync(resolve(workingFolder, file), text, { mode: OWNER_ONLY, flag: 'wx', flush: true })
  } catch (error) {
    throw failure(
      'bootstrap_file_unwritable',
      `the credential cannot be kept: ${file} ${reasonOf(error)}; ` +
        '"mintmark admin bootstrap" makes another',
    )
  }
}

function reasonOf(error: unknown): string {
  return systemCode(error) === 'EEXIST' ? 'exists already' : describeFileError(error).text
}

/** The credential as `--json` and the file have it. */
export function credentialDocument({ clientId, clientSecret }: BootstrapCredential): object {
  return { client_id: clientId, client_secret: clientSecret.reveal() }
}
