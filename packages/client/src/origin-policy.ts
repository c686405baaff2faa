/**
 * Where a token may go. A token is a key to somebody's API: sent to another origin by a typo or by
 * a URL from outside, it is a leak. So tokens go to known origins only, and never in the clear
 * (requirement C12).
 */
import { isConfidentialUrl } from '@mintmark/protocol'

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
 * The policy of one client or view: the listed origins; without a list the origins of the resources
 * that are `http` or `https` URLs; without either, the first origin that is asked for, and from
 * then on no other. Off loopback only `https` is allowed, whatever is listed.
 */
export function originPolicy({ allowedOrigins, resources }: OriginChoice): OriginPolicy {
  const origins = allowedOrigins ?? originsOf(resources)
  if (origins === undefined) return firstOriginOnly()
  return (url) => origins.has(url.origin) && isConfidentialUrl(url)
}

function originsOf(resources: readonly string[]): ReadonlySet<string> | undefined {
  const urls = resources.filter((resource) => WEB_URL.test(resource) && URL.canParse(resource))
  return urls.length === 0 ? undefined : new Set(urls.map((url) => new URL(url).origin))
}

const WEB_URL = /^https?:\/\//i

function firstOriginOnly(): OriginPolicy {
  let first: string | undefined
  return (url) => {
    if (!isConfidentialUrl(url)) return false
    first ??= url.origin
    return url.origin === first
  }
}
