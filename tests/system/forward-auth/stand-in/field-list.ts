/** Header fields in their order, as a proxy keeps them: names compare without case. */

/** A name as it was written, and a value. */
export type Field = readonly [name: string, value: string]

/** The fields of a raw list of names and values in turn. */
export function fieldsOf(raw: readonly string[]): readonly Field[] {
  return Array.from({ length: raw.length / 2 }, (_, at) => {
    return [raw[2 * at] ?? '', raw[2 * at + 1] ?? ''] as const
  })
}

/** Whether two names are the same. */
export function isNamed(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase()
}

/** All fields but those of these names. */
export function without(fields: readonly Field[], ...names: readonly string[]): readonly Field[] {
  return fields.filter(([name]) => !names.some((each) => isNamed(each, name)))
}

/** The fields with one value for a name, in place of all that were there. */
export function having(fields: readonly Field[], name: string, value: string): readonly Field[] {
  return [...without(fields, name), [name, value]]
}

/** All values of a name. */
export function valuesIn(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter(([each]) => isNamed(each, name)).map(([, value]) => value)
}

/** The names in all `Connection` fields. */
export function connectionNames(fields: readonly Field[]): readonly string[] {
  return valuesIn(fields, 'connection').flatMap((value) =>
    value.split(',').map((name) => name.trim()),
  )
}

/** What no message is passed on with. */
export const hopByHop: readonly string[] = [
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  'upgrade',
]
