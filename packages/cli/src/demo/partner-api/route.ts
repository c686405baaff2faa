/** Which route a request takes: by method, and by path, in which `ID` stands for any identifier. */
import type { ProtectedListener } from '@mintmark/resource-server/node'

/** One route. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly listener: ProtectedListener
}

/** Makes a route. @param path - Of characters that stand for themselves, but for `ID`. */
export function route(method: 'GET' | 'POST', path: string, listener: ProtectedListener): Route {
  return { method, path: new RegExp(`^${path.replace('ID', '[A-Za-z0-9_-]{1,64}')}$`), listener }
}

/** The listener for a request; HEAD is a GET whose body `node:http` keeps back. */
export function firstRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): ProtectedListener | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  return routes.find((each) => each.method === wanted && each.path.test(path))?.listener
}

/** The methods that a path has, for `Allow`; none when there is no such path. */
export function methodsOf(routes: readonly Route[], path: string): readonly string[] {
  return routes
    .filter((each) => each.path.test(path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** The identifier in a path: the last segment, or the one before `decision`. */
export function identifierIn(path: string): string {
  const segments = path.split('/')
  const last = segments.pop() ?? ''
  return last === 'decision' ? (segments.pop() ?? '') : last
}

/** The path of a request, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
