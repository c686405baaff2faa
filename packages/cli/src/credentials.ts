/**
 * Where a client secret comes from: a file, standard input, or `MINTMARK_CLIENT_SECRET`. Never a
 * flag and never the configuration file. From the moment it is read it is a redacting value.
 */
import { resolve } from 'node:path'
import type { ClientSecret } from '@mintmark/protocol'
import { readBoundedFile } from './bounded-file.ts'
import { type CommandFailure, failure, usageFailure } from './command-failure.ts'
import { describeFileError } from './file-error.ts'
import { secretBytesMax } from './limits.ts'
import type { ProcessEdge } from './process-edge.ts'
import type { ResolvedSettings } from './resolve-settings.ts'

const secretVariable = 'MINTMARK_CLIENT_SECRET'

/**
 * Finds the client secret of a command that needs one.
 *
 * `--client-secret-file` counts first, then `MINTMARK_CLIENT_SECRET`, then the file that the
 * configuration names: the order of every other setting. Both variables at once say two different
 * things and are refused.
 *
 * @throws CommandFailure `client_secret_missing` or `client_secret_ambiguous` (usage), and those of
 *   {@link readSecret}.
 */
export async function clientSecretOf(
  settings: ResolvedSettings<'clientSecretFile'>,
  edge: ProcessEdge,
): Promise<ClientSecret> {
  const place = placeOf(settings, edge)
  return 'variable' in place
    ? await parseSecret(place.variable, secretVariable)
    : await readSecret(place.file, edge)
}

/**
 * The same for a process that goes on, as the libraries take it: a file is read anew each time, so that a secret can be
 * replaced under it. Read once here, so that what is wrong with it shows at the start.
 */
export async function clientSecretSource(
  settings: ResolvedSettings<'clientSecretFile'>,
  edge: ProcessEdge,
): Promise<() => string | Promise<string>> {
  const secret = await clientSecretOf(settings, edge)
  const place = placeOf(settings, edge)
  if ('variable' in place || place.file === '-') return () => secret.reveal()
  const { textFile } = await import('@mintmark/client/file')
  return textFile(resolve(edge.workingFolder, place.file))
}

function placeOf(
  settings: ResolvedSettings<'clientSecretFile'>,
  edge: ProcessEdge,
): { readonly variable: string } | { readonly file: string } {
  const file = settings.value('clientSecretFile')
  const variable = edge.environment.get(secretVariable)
  const source = settings.source('clientSecretFile')
  if (variable && source !== 'flag') {
    if (source === 'environment') throw ambiguous()
    return { variable }
  }
  if (file === undefined) throw missing()
  return { file }
}

/**
 * Reads a secret from a file, or from standard input for `-`. One line break at the end is not part
 * of it.
 *
 * @throws CommandFailure `secret_unreadable` or `secret_malformed` (failure), naming the place,
 *   never the content.
 */
export async function readSecret(file: string, edge: ProcessEdge): Promise<ClientSecret> {
  const place = file === '-' ? 'standard input' : `the secret file ${file}`
  const bytes =
    file === '-'
      ? await edge.readInput(secretBytesMax)
      : await readSecretFile(resolve(edge.workingFolder, file), place)
  return await parseSecret(decoded(bytes, place), place)
}

async function readSecretFile(path: string, place: string): Promise<Uint8Array | undefined> {
  try {
    return await readBoundedFile(path, secretBytesMax)
  } catch (error) {
    throw failure('secret_unreadable', `${place} ${describeFileError(error).text}`)
  }
}

function decoded(bytes: Uint8Array | undefined, place: string): string {
  if (bytes === undefined) throw malformed(place, `is longer than ${secretBytesMax} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed(place, 'is not text')
  }
}

/**
 * The secret that a text is. `place` says where the text was found, for the error line.
 *
 * @throws CommandFailure `secret_malformed`
 */
export async function parseSecret(text: string, place: string): Promise<ClientSecret> {
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw malformed(place, 'is empty')
  if (/[\r\n]/.test(secret)) throw malformed(place, 'has more than one line')
  if (secret !== secret.trim()) throw malformed(place, 'has white space around the secret')
  if (/[\u0000-\u001f\u007f]/.test(secret)) throw malformed(place, 'has control characters')
  const { redact } = await import('@mintmark/protocol')
  return redact('client secret', secret)
}

function malformed(place: string, complaint: string): CommandFailure {
  return failure(
    'secret_malformed',
    `${place} ${complaint}; it must hold the secret and nothing else`,
  )
}

function missing(): CommandFailure {
  return usageFailure(
    'client_secret_missing',
    'the client secret is missing; give --client-secret-file FILE (- reads standard input) ' +
      `or set ${secretVariable}`,
  )
}

function ambiguous(): CommandFailure {
  return usageFailure(
    'client_secret_ambiguous',
    `${secretVariable} and ${secretVariable}_FILE are both set; unset one of them`,
  )
}
