/** What proxies make of a path before they choose a route for it. */

const ESCAPE = /%([0-9a-f]{2})/gi
const UNRESERVED = /[\w.~-]/

/** With every escape that need not be one undone (RFC 3986 section 6.2.2.2). */
export function unescaped(path: string): string {
  return path.replace(ESCAPE, (written, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return UNRESERVED.test(character) ? character : written.toUpperCase()
  })
}

/** With its dots resolved (RFC 3986 section 5.2.4) and slashes merged. */
export function resolved(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  const last = segments.at(-1)
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  const isFolder = last === '' || last === '.' || last === '..'
  return `/${kept.join('/')}${isFolder && kept.length > 0 ? '/' : ''}`
}

/** Path and query of a target in origin or absolute form, `undefined` for another; and the host that it names. */
export function originForm(
  target: string,
): { path: string; query: string; host: string | undefined } | undefined {
  const [, host, rest = ''] = /^(?:http:\/\/([^/?#]+))?(.*)$/s.exec(target) ?? []
  if (!rest.startsWith('/')) return undefined
  const at = rest.indexOf('?')
  if (at === -1) return { path: rest, query: '', host }
  return { path: rest.slice(0, at), query: rest.slice(at), host }
}
