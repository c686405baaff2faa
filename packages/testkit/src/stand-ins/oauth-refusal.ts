/** What the stand-ins of services that keep to RFC 6749 section 5.2 refuse with. */
import { jsonResponse } from '../json-response.ts'

/** An error answer; without a description where the service gives none. */
export function refused(status: number, error: string, description?: string): Response {
  return jsonResponse({ error, error_description: description }, { status })
}

/** Whether every scope token of `asked` is among those of `allowed`. */
export function isWithin(asked: string, allowed: string): boolean {
  const ceiling = allowed.split(' ')
  return asked.split(' ').every((token) => token === '' || ceiling.includes(token))
}
