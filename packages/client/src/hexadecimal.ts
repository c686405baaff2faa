/** Octets as text. */

/** Two lower-case hex digits for each octet. */
export function hexadecimal(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += octet.toString(16).padStart(2, '0')
  return text
}
