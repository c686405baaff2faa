/**
 * The URL of a request as its client wrote it, for comparison with the `htu` of a proof (RFC 9449 section 4.3): the
 * configured origin, and the path of the request.
 *
 * Invariant: neither `Host` nor any forwarding header has a part in it. Whoever could choose those could have a proof
 * for one server count at another.
 */
import { normalisedTarget } from '@mintmark/jwt'
import type { GuardedRequest } from '../guarded-request.ts'

/** Gives the normalised URL of a request; `undefined` where there is none, or none that a client could have written. */
export type PublicTarget = (request: GuardedRequest) => string | undefined

/**
 * Makes it.
 *
 * @param origin - Scheme, host and port by which clients reach the API.
 * @param paths - Where a proxy mounts paths of this process: public prefixes by their prefixes here, each with a slash
 * at both ends. The longest that fits counts; a path that none fits is public as it is.
 */
export function createPublicTarget(
  origin: string,
  paths: Readonly<Record<string, string>>,
): PublicTarget {
  const mounted = Object.entries(paths).toSorted(([a], [b]) => b.length - a.length)
  return (request) => {
    const path = pathOf(request)
    if (path === undefined) return undefined
    const mount = mounted.find(([here]) => path.startsWith(here))
    const isPublic = mount === undefined ? path : mount[1] + path.slice(mount[0].length)
    return normalisedTarget(origin + isPublic)
  }
}

/** The path of a request target in origin form or absolute form (RFC 9112 section 3.2), without query and fragment. */
function pathOf({ originalUrl, url }: GuardedRequest): string | undefined {
  const target = originalUrl ?? url
  if (target === undefined) return undefined
  const path = target.startsWith('/') ? target : ABSOLUTE.exec(target)?.[1]
  if (path === undefined) return undefined
  const end = path.search(/[?#]/)
  return (end < 0 ? path : path.slice(0, end)) || '/'
}

const ABSOLUTE = /^https?:\/\/[^/?#]*(.*)$/is
