/**
 * Checks of single option values. Each throws `TypeError` for a wrong type or form and `RangeError` for a number out
 * of range, naming the option and what it may be; never the value, which may be a secret in the wrong place.
 */
import { isConfidentialUrl } from '@mintmark/protocol'

export { booleanValue, functionValue, numberWithin, oneOf, portValue } from '@mintmark/runtime'

/**
 * Throws `TypeError` unless `options` is an object and every own member of it is one of `known`; `where` goes before
 * the message.
 */
export function checkNames(options: unknown, known: object, where: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${where || 'options: '}expected an object`)
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`${where}unknown option: ${name}`)
  }
}

/** `value` as 1 to `lengthMax` visible ASCII characters and spaces: what may stand in a header field. */
export function headerText(name: string, value: unknown, lengthMax: number): string {
  if (typeof value === 'string' && value.length <= lengthMax && /^[\x20-\x7e]+$/.test(value)) {
    return value
  }
  throw new TypeError(`${name}: expected 1 to ${lengthMax} visible ASCII characters or spaces`)
}

/** `value` as an absolute URL without fragment and userinfo that is `https`, or `http` on loopback. */
export function confidentialUrl(name: string, value: unknown): URL {
  if (typeof value === 'string' && URL.canParse(value)) {
    const url = new URL(value)
    const isPlain = url.hash === '' && url.username === '' && url.password === ''
    if (isPlain && isConfidentialUrl(url)) return url
  }
  throw new TypeError(`${name}: expected an https URL, or http on loopback`)
}

/** `value`, one string or a list of them, as a list of 1 to `countMax` strings that are not empty. */
export function textList(
  name: string,
  value: unknown,
  countMax: number,
  lengthMax: number,
): readonly string[] {
  const list: unknown = typeof value === 'string' ? [value] : value
  if (Array.isArray(list) && list.length > 0 && list.length <= countMax) {
    if (list.every((text) => isText(text, lengthMax))) return Object.freeze([...list])
  }
  throw new TypeError(
    `${name}: expected a string, or 1 to ${countMax} of them, of at most ${lengthMax} characters`,
  )
}

function isText(value: unknown, lengthMax: number): boolean {
  return typeof value === 'string' && value !== '' && value.length <= lengthMax
}
