/**
 * Where a token may go. A token is a key to somebody's API: sent to another origin by a typo or by
 * a URL from outside, it is a leak. So tokens go to known origins only, and never in the clear
 * (requirement C12).
 */
import { isConfidentialUrl, isLoopbackHost } from '@mintmark/protocol'

/** Decides for one URL. */
export type OriginPolicy = (url: URL) => boolean

/** What the options say. */
export interface OriginChoice {
  /** The origins that the options list, or `undefined`. */
  readonly allowedOrigins: ReadonlySet<string> | undefined
  /** Resource indicators of the request. */
  readonly resources: readonly string[]
}

/**
 * The policy of one client or view: the listed origins; without a list the origins of the resources that are `http` or
 * `https` URLs; without either, the first origin that is asked for, and from then on no other. Off loopback only
 * `https` is allowed, whatever is listed.
 *
 * In development an API stands on this machine under the name that it has elsewhere. So where the resources name
 * origins, but none on loopback, the first loopback origin that is asked for is allowed beside them.
 */
export function originPolicy({ allowedOrigins, resources }: OriginChoice): OriginPolicy {
  const origins = allowedOrigins ?? originsOf(resources)
  if (origins === undefined) return firstOnly(isConfidentialUrl)
  const listed: OriginPolicy = (url) => origins.has(url.origin) && isConfidentialUrl(url)
  if (allowedOrigins !== undefined || [...origins].some(isLoopbackOrigin)) return listed
  const firstLoopback = firstOnly((url) => isLoopbackHost(url.hostname))
  return (url) => listed(url) || firstLoopback(url)
}

function originsOf(resources: readonly string[]): ReadonlySet<string> | undefined {
  const urls = resources.filter((resource) => WEB_URL.test(resource) && URL.canParse(resource))
  return urls.length === 0 ? undefined : new Set(urls.map((url) => new URL(url).origin))
}

const WEB_URL = /^https?:\/\//i

function isLoopbackOrigin(origin: string): boolean {
  return isLoopbackHost(new URL(origin).hostname)
}

/** Allows the first origin that `mayBe` lets through, and from then on no other. */
function firstOnly(mayBe: OriginPolicy): OriginPolicy {
  let first: string | undefined
  return (url) => {
    if (!mayBe(url)) return false
    first ??= url.origin
    return url.origin === first
  }
}
