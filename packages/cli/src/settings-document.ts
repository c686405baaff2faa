/** The settings of a client or resource, for `--json` and for people. */

/** All of them, with their names as they are on the wire; `null` where there is nothing. */
export function settingsDocument(settings: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      wireName(name),
      // Names in there are types that somebody chose.
      name === 'authorizationDetailsMembers' ? value : wireNamed(value ?? null),
    ]),
  )
}

/** Those that say something, one line each. */
export function settingsPairs(settings: object): [string, string][] {
  const telling = Object.entries(settingsDocument(settings)).filter(([, value]) => isTelling(value))
  return telling.map(([name, value]) => [`  ${name.replaceAll('_', ' ')}`, lineOf(name, value)])
}

function isTelling(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== null && value !== false && value !== 'none' && value !== 'strict'
}

function lineOf(name: string, value: unknown): string {
  // Keys are long, and nobody compares them by eye.
  if (name === 'keys') return (value as { jwks_uri?: string }).jwks_uri ?? 'a JWK Set'
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(' ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function wireNamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireNamed)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [wireName(name), wireNamed(member)]))
}

function wireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
