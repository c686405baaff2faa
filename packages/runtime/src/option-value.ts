/**
 * Checks of single option values. Each throws `TypeError` for a wrong type or form and `RangeError` for a number out of
 * range, naming the option and what it may be; never the value, which may be a secret in the wrong place.
 */

/** Throws `TypeError` unless `options` is an object and every own member of it is one of `known`. */
export function checkNames(options: unknown, known: readonly string[], where = 'options'): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${where}: expected an object`)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${where}: unknown option ${name}`)
  }
}

/** `value` as a number from `min` to `max`, both included. */
export function numberWithin(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name}: expected a number`)
  if (value >= min && value <= max) return value
  throw new RangeError(`${name}: expected a number from ${min} to ${max}`)
}

/** `value` as an integer from `min` to `max`, both included. */
export function integerWithin(name: string, value: unknown, min: number, max: number): number {
  const number = numberWithin(name, value, min, max)
  if (Number.isInteger(number)) return number
  throw new RangeError(`${name}: expected an integer`)
}

/** `value` as one of `allowed`. */
export function oneOf<Allowed extends string>(
  name: string,
  value: unknown,
  allowed: readonly Allowed[],
): Allowed {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new TypeError(`${name}: expected one of ${allowed.join(', ')}`)
}

/** `value` as an array of at most `lengthMax` elements. */
export function listWithin<Item>(
  name: string,
  value: readonly Item[],
  lengthMax: number,
): readonly Item[] {
  if (Array.isArray(value) && value.length <= lengthMax) return value
  throw new TypeError(`${name}: expected an array of at most ${lengthMax} elements`)
}

/** `value` as a boolean. */
export function booleanValue(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError(`${name}: expected true or false`)
}

/** `value` as an object that has a function under each of `methods`. */
export function portValue<Port extends object>(
  name: string,
  value: Port,
  methods: readonly (keyof Port & string)[],
): Port {
  const isPort = typeof value === 'object' && value !== null
  if (isPort && methods.every((method) => typeof value[method] === 'function')) return value
  throw new TypeError(`${name}: expected an object with ${methods.join(', ')}`)
}

/** `value` as a function. */
export function functionValue<Wanted>(name: string, value: Wanted): Wanted {
  if (typeof value === 'function') return value
  throw new TypeError(`${name}: expected a function`)
}
