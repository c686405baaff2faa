/**
 * Decides the value of each setting of a command. Pure: flags, variables and the file's values come
 * in as texts and values.
 *
 * Order: flag, then environment variable, then configuration file, then default. An empty variable
 * counts as absent, because that is how shells and container files switch one off. An empty flag
 * does not: it is a mistake.
 */
import { usageFailure } from './command-failure.ts'
import { type ConfiguredValues, configurationFileName } from './configuration-file.ts'
import { flagOf, type SettingName, type SettingValue, settings, variableOf } from './settings.ts'

/** Where a value came from. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'default'

/** The settings one command declared, resolved. */
export interface ResolvedSettings<Name extends SettingName = SettingName> {
  value<Asked extends Name>(name: Asked): SettingValue<Asked>
  /**
   * The value of a setting the command cannot do without; throws a usage failure that names all
   * three places.
   */
  required<Asked extends Name>(name: Asked): NonNullable<SettingValue<Asked>>
  source(name: Name): SettingSource
}

/** Everything a value can come from, besides the default. */
export interface SettingSources {
  /**
   * What stood on the command line, per setting in the order given; a switch is given as `true`.
   */
  readonly flags: ReadonlyMap<SettingName, readonly string[]>
  readonly environment: ReadonlyMap<string, string>
  readonly file: ConfiguredValues
}

interface Resolution {
  readonly value: unknown
  readonly source: SettingSource
}

/**
 * Resolves `names` from the three sources.
 *
 * @throws CommandFailure `setting_malformed` (usage), naming the flag or variable and what fits,
 *   never the value.
 */
export function resolveSettings<Name extends SettingName>(
  names: readonly Name[],
  sources: SettingSources,
): ResolvedSettings<Name> {
  const resolutions = new Map<SettingName, Resolution>()
  for (const name of names) resolutions.set(name, resolution(name, sources))
  const value = <Asked extends Name>(name: Asked): SettingValue<Asked> =>
    // The kind that read the value is the one the type is derived from.
    resolutions.get(name)?.value as SettingValue<Asked>
  return {
    value,
    required: (name) => value(name) ?? missing(name),
    source: (name) => resolutions.get(name)?.source ?? 'default',
  }
}

function resolution(name: SettingName, { flags, environment, file }: SettingSources): Resolution {
  const given = flags.get(name)
  if (given !== undefined) return { value: read(name, given, flagOf(name)), source: 'flag' }
  const variable = environment.get(variableOf(name))
  if (variable) {
    const texts = settings[name].kind.split(variable)
    return { value: read(name, texts, variableOf(name)), source: 'environment' }
  }
  if (file.has(name)) return { value: file.get(name), source: 'file' }
  return { value: settings[name].fallback, source: 'default' }
}

function read(name: SettingName, texts: readonly string[], place: string): unknown {
  const { kind } = settings[name]
  const value: unknown = kind.fromTexts(texts)
  if (value !== undefined) return value
  throw usageFailure('setting_malformed', `${place} must be ${kind.expectation}`)
}

function missing(name: SettingName): never {
  throw usageFailure(
    'setting_missing',
    `${flagOf(name)} is missing; give the flag, set ${variableOf(name)}, ` +
      `or put "${name}" in ${configurationFileName}`,
  )
}
