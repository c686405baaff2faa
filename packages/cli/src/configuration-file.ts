/**
 * Reads `mintmark.config.json`: one flat object whose keys are the names of settings. A key that is
 * not a setting and a value that does not fit are refused, whichever command runs: a typing error
 * must not wait in the file until the day its command is used.
 */
import { dirname, resolve } from 'node:path'
import type { JsonObject } from '@mintmark/protocol'
import { readBoundedFile } from './bounded-file.ts'
import { type CommandFailure, usageFailure } from './command-failure.ts'
import { describeFileError } from './file-error.ts'
import { configurationBytesMax, configurationDepthMax, echoLengthMax } from './limits.ts'
import { printable } from './printable.ts'
import { type SettingName, settings } from './settings.ts'

/** What the file is called in a working folder. */
export const configurationFileName = 'mintmark.config.json'

/** The values of a configuration file by setting name, each already of its setting's type. */
export type ConfiguredValues = ReadonlyMap<SettingName, unknown>

/**
 * Reads and checks a configuration file.
 *
 * @param named - The file the operator named; without it the one in `workingFolder` counts, if
 *   there is one.
 * @returns An empty map when no file was named and none is there.
 * @throws CommandFailure `config_unreadable`, `config_malformed`, `config_key_unknown` or
 *   `config_value_malformed` (usage), naming the file and the key, never a value.
 */
export async function readConfigurationFile(
  named: string | undefined,
  workingFolder: string,
): Promise<ConfiguredValues> {
  const file = resolve(workingFolder, named ?? configurationFileName)
  const content = await readText(file, named === undefined)
  return content === undefined ? new Map() : configuredValues(await parsed(content, file), file)
}

async function readText(file: string, mayBeAbsent: boolean): Promise<string | undefined> {
  let bytes: Uint8Array | undefined
  try {
    bytes = await readBoundedFile(file, configurationBytesMax)
  } catch (error) {
    const { absent, text } = describeFileError(error)
    if (absent && mayBeAbsent) return undefined
    throw usageFailure(
      'config_unreadable',
      `the configuration file ${file} ${text}; correct --config or MINTMARK_CONFIG`,
    )
  }
  if (bytes === undefined) throw malformed(file, 'too_long')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed(file, 'not_utf8')
  }
}

async function parsed(content: string, file: string): Promise<JsonObject> {
  // Loaded only when there is a file, to keep the other starts short.
  const { parseJsonObject } = await import('@mintmark/protocol')
  const json = parseJsonObject(content, {
    depthMax: configurationDepthMax,
    lengthMax: configurationBytesMax,
  })
  if (json.ok) return json.value
  throw malformed(file, json.violation)
}

function malformed(file: string, violation: string): CommandFailure {
  return usageFailure(
    'config_malformed',
    `the configuration file ${file} must hold one JSON object of settings (${violation})`,
  )
}

function configuredValues(json: JsonObject, file: string): ConfiguredValues {
  const values = new Map<SettingName, unknown>()
  for (const key of Object.keys(json)) {
    if (!isSettingKey(key)) throw unknownKey(key, file)
    const { kind } = settings[key]
    const value: unknown = kind.fromJson(json[key] ?? null, dirname(file))
    if (value === undefined) {
      throw usageFailure(
        'config_value_malformed',
        `"${key}" in ${file} must be ${kind.expectation}`,
      )
    }
    values.set(key, value)
  }
  return values
}

/** `config` is no key: a file that names another file would have to be followed. */
function isSettingKey(key: string): key is SettingName {
  return key !== 'config' && Object.hasOwn(settings, key)
}

function unknownKey(key: string, file: string): CommandFailure {
  const advice = /secret|password|token$/i.test(key)
    ? 'secrets do not belong in it: name a file with clientSecretFile'
    : 'keys are the long flags in camel case, such as adminPort'
  return usageFailure(
    'config_key_unknown',
    `"${printable(key, echoLengthMax)}" in ${file} is not a setting; ${advice}`,
  )
}
