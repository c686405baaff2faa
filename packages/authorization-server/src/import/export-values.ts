/** Values in other programs' exports, read without trusting that they are there or of the right kind. */
import { redact } from '@mintmark/protocol'
import type { DeclaredSecret } from '../declaration/declared-registry.ts'
import type { ClientKeys } from '../registry/client-settings.ts'

/** An object of an export. */
export type ExportObject = Readonly<Record<string, unknown>>

/** The object that `value` is; one without members for anything else. */
export function objectIn(value: unknown): ExportObject {
  return isObject(value) ? value : {}
}

/** The objects in a list; none for anything else. */
export function objectsIn(value: unknown): readonly ExportObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The texts in a list; none for anything else. */
export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** A text that is not empty. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A whole number from 1 up, also written as text. */
export function countIn(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : undefined
}

/** Seconds since 1970 as ISO 8601; 0 and nothing stand for never. */
export function instantIn(value: unknown): string | undefined {
  const seconds = countIn(value)
  const isDate = seconds !== undefined && seconds < 8_640_000_000_000
  return isDate ? new Date(seconds * 1000).toISOString() : undefined
}

/** A JWK Set that is in the export, or where it is. */
export function keysIn(jwks: unknown, jwksUri: unknown): ClientKeys | undefined {
  const set = typeof jwks === 'string' ? jwks : JSON.stringify(jwks ?? null)
  if (jwks !== undefined && jwks !== null && set !== '{}') return { kind: 'jwks', jwks: set }
  const uri = textIn(jwksUri)
  return uri === undefined ? undefined : { kind: 'jwks_uri', jwksUri: uri }
}

/** A secret in plain text. */
export function plainSecret(text: string, more: Partial<DeclaredSecret> = {}): DeclaredSecret {
  const value = { kind: 'plain', secret: redact('client secret', text) } as const
  return { label: undefined, expiresAt: undefined, ...more, value }
}

/** A secret of which the hash is known. */
export function hashedSecret(hash: string, more: Partial<DeclaredSecret> = {}): DeclaredSecret {
  return { label: undefined, expiresAt: undefined, ...more, value: { kind: 'hash', hash } }
}

/** `$2a$…`, `$pbkdf2-…`, `{SSHA}…`: what no generator of secrets makes. */
export function looksHashed(text: string): boolean {
  return /^(?:\$[a-z0-9-]{1,20}\$|\{[A-Za-z0-9-]{2,12}\})/.test(text)
}

function isObject(value: unknown): value is ExportObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
