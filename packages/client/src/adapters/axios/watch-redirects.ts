/** Redirects that axios follows by itself, when its `http` adapter sends. */
import type { AxiosConfig } from './axios-instance.ts'

/** What `beforeRedirect` gets of the request to come. */
interface RedirectedRequest {
  readonly href?: string
  readonly headers?: Record<string, unknown>
}

/** Follows one request from URL to URL. */
export interface RedirectWatch {
  /** For the configuration. */
  readonly beforeRedirect: (next: RedirectedRequest, ...others: readonly unknown[]) => void
  /** Where the last redirect led; `undefined` without one. */
  readonly lastUrl: () => string | undefined
}

/** Watches over the redirects of a request to `url`: on the way to another origin, what authorizes it is left out. */
export function watchRedirects(url: string, { beforeRedirect: own }: AxiosConfig): RedirectWatch {
  let last: string | undefined
  return {
    beforeRedirect: (next, ...others) => {
      last = next.href
      if (!isSameOrigin(url, next.href)) leaveOut(next.headers ?? {})
      if (typeof own === 'function') own(next, ...others)
    },
    lastUrl: () => last,
  }
}

function leaveOut(headers: Record<string, unknown>): void {
  for (const name of Object.keys(headers)) {
    if (/^(?:authorization|dpop)$/i.test(name)) delete headers[name]
  }
}

function isSameOrigin(first: string, second: string | undefined): boolean {
  return (
    second !== undefined && URL.canParse(second) && new URL(second).origin === new URL(first).origin
  )
}
