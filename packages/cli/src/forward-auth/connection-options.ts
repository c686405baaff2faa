/** Fields that are for the next hop only, and are never passed on (RFC 9110 section 7.6.1). */

/** The names in a `Connection` field, in lower case. */
export function connectionOptions(value: string): readonly string[] {
  return value
    .split(',')
    .map((option) => option.trim().toLowerCase())
    .filter((option) => option !== '')
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'http2-settings', 'proxy-authenticate', 'proxy-authorization'],
])

/**
 * Those of a message's fields that are for everybody, in their order.
 *
 * @param rawHeaders - Names and values in turn, as they came over the connection.
 */
export function endToEndFields(
  rawHeaders: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  const named = new Set<string>()
  const fields: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const field = [rawHeaders[at] as string, rawHeaders[at + 1] as string] as const
    fields.push(field)
    if (field[0].toLowerCase() !== 'connection') continue
    for (const option of connectionOptions(field[1])) named.add(option)
  }
  return fields.filter(([name]) => {
    const lower = name.toLowerCase()
    return !HOP_BY_HOP.has(lower) && !named.has(lower)
  })
}
