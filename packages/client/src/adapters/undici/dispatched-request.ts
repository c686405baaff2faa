/** A request of undici in the words of the client. */
import type { DispatchOptions } from './dispatch.ts'

/** The origin that a request goes to, as it is spelled; empty where the options name none. */
export function originOf({ origin = '' }: DispatchOptions): string {
  return typeof origin === 'string' ? origin : origin.origin
}

/**
 * The URL of a request. A path that is none (`*`, the absolute form for proxies) says nothing of where it goes: then it
 * is the origin alone.
 */
export function urlOf(options: DispatchOptions): string {
  const { path } = options
  const origin = originOf(options)
  if (!path.startsWith('/')) return origin
  return (origin.endsWith('/') ? origin.slice(0, -1) : origin) + path
}

/** The URL that answered, from what the redirect interceptor tells of its way there. */
export function answeredUrl(context: unknown): string | undefined {
  const { history } = (context ?? {}) as { readonly history?: unknown }
  const last: unknown = Array.isArray(history) ? history.at(-1) : undefined
  return last instanceof URL ? last.href : undefined
}
