/** The refusal to run where anybody could read the client secret (RFC 6749 section 2.1). */

/**
 * Throws `TypeError` in a page, a worker or a service worker of a browser.
 *
 * Other platforms have workers of the same shape (Deno, Bun, Cloudflare Workers); what they do not
 * have is the name that all browsers go by. Does not notice a browser that hides its name.
 */
export function refuseBrowser(): void {
  const { window, document, WorkerGlobalScope, navigator } = globalThis as BrowserGlobals
  const isPage = window !== undefined && document !== undefined
  const isNamedBrowser = navigator?.userAgent?.startsWith('Mozilla/') === true
  if (!isPage && !(WorkerGlobalScope !== undefined && isNamedBrowser)) return
  throw new TypeError(
    'createTokenClient: every visitor of a browser page could read the client secret',
  )
}

interface BrowserGlobals {
  readonly window?: unknown
  readonly document?: unknown
  readonly WorkerGlobalScope?: unknown
  readonly navigator?: { readonly userAgent?: string }
}
