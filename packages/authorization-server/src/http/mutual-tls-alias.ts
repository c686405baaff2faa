/** The other address of an endpoint, where connections ask for a certificate (RFC 8705 section 5). */

/** `url` at the origin for mutual TLS: its path is the same there. */
export function aliasOf(url: string, mutualTlsOrigin: string): string {
  const { pathname } = new URL(url)
  return mutualTlsOrigin + pathname
}
