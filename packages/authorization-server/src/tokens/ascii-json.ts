/** JSON in ASCII: the same value, every other character escaped, so that characters and bytes are one count. */

/** Writes a JSON value. */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escaped)
}

function escaped(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
