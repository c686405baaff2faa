/**
 * The clients that ask for tokens in a benchmark, and their requests as bytes. Everything follows from a number, so
 * that each server and the generator make the same clients without telling each other secrets.
 */
import { hash } from 'node:crypto'

/** The one resource server. */
export const RESOURCE = 'https://api.example'

/** The scopes that it owns. Every client may be granted all of them and asks for some. */
export const SCOPES: readonly string[] = Array.from({ length: 10 }, (_, at) => `area-${at}:read`)

/** A client with its credentials and the scope that it asks for. */
export interface BenchClient {
  readonly id: string
  readonly secret: string
  readonly scope: string
}

/** Clients 0 to `count - 1`. Up to 1,023 of them ask for a scope of their own each. */
export function benchClients(count: number): readonly BenchClient[] {
  return Array.from({ length: count }, (_, number) => ({
    id: `bench-client-${number}`,
    secret: hash('sha256', `secret of bench client ${number}`, 'base64url'),
    scope: scopeOf(number),
  }))
}

/** Seven and 1,023 have no common divisor, so the first 1,023 numbers choose all sets but the empty one. */
function scopeOf(number: number): string {
  const chosen = ((number * 7 + 2) % 1_023) + 1
  return SCOPES.filter((_, at) => (chosen >> at) & 1).join(' ')
}

/** The same clients with secrets that are as long as the right ones, and wrong. */
export function withWrongSecrets(clients: readonly BenchClient[]): readonly BenchClient[] {
  return clients.map((client) => ({ ...client, secret: [...client.secret].toReversed().join('') }))
}

/** A whole token request (RFC 6749 section 4.4.2): Basic credentials, form body, connection kept alive. */
export function tokenRequest(client: BenchClient, tokenPath: string): string {
  const body = new URLSearchParams(fieldsOf(client)).toString()
  return postRequest(tokenPath, client, 'application/x-www-form-urlencoded', body)
}

/** The same with a JSON body, which is no part of the standard. */
export function jsonTokenRequest(client: BenchClient, tokenPath: string): string {
  return postRequest(tokenPath, client, 'application/json', JSON.stringify(fieldsOf(client)))
}

function fieldsOf({ scope }: BenchClient) {
  return { grant_type: 'client_credentials', scope, resource: RESOURCE }
}

/** A POST request of a client with Basic credentials, as bytes. */
export function postRequest(
  path: string,
  { id, secret }: BenchClient,
  contentType: string,
  body: string,
): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Basic ${btoa(`${id}:${secret}`)}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}
