/** What a setting is. */
import type { SettingKind } from './setting-kind.ts'

/** One setting. `short` is the one-letter flag, where the world expects one. */
export interface Setting<Value, Default extends Value | undefined = Value | undefined> {
  readonly kind: SettingKind<Value>
  readonly description: string
  readonly fallback: Default
  readonly short?: string
}

/** A setting that may be left out. */
export function optional<Value>(
  kind: SettingKind<Value>,
  description: string,
  short?: string,
): Setting<Value, undefined> {
  return { kind, description, fallback: undefined, ...(short !== undefined && { short }) }
}

/** A setting that has a value in any case. */
export function withDefault<Value>(
  kind: SettingKind<Value>,
  description: string,
  fallback: Value,
  short?: string,
): Setting<Value, Value> {
  return { kind, description, fallback, ...(short !== undefined && { short }) }
}
