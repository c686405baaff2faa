/**
 * What a proxy asks for, by the request target that its configuration spells out. Two forms:
 *
 *   /check?scope=a%20b      for proxies that ask at an address of their own: nginx, Traefik, Caddy
 *   /check/scope=a%20b/…    for those that put a prefix before what the client asked for: Envoy
 *
 * Invariants
 *  (1) What a client can write of a target is behind `/check/scope=…/` only, and asks for nothing.
 *  (2) A target that is not understood admits nobody: a misspelt parameter must not open a route.
 */
import { checkTargetsMax } from '../limits.ts'

/** What a target asks for. */
export interface CheckTarget {
  /** Scope tokens, separated by single spaces; `undefined` for none. */
  readonly scope: string | undefined
  /** What the client asked the proxy for, where the target says it. */
  readonly original: string | undefined
}

/** Where a proxy asks. */
export const CHECK_PATH = '/check'

const PREFIX_FORM = /^\/check\/scope=([^/?#]*)(.*)$/s

/** Reads targets. Remembers what came out for those of the first form, which are few. */
export function createTargetReader(): (target: string) => CheckTarget | undefined {
  const known = new Map<string, CheckTarget | undefined>()
  return (target) => {
    const prefixed = PREFIX_FORM.exec(target)
    if (prefixed !== null) return prefixForm(prefixed[1] ?? '', prefixed[2] ?? '')
    if (known.has(target)) return known.get(target)
    const read = queryForm(target)
    if (known.size < checkTargetsMax) known.set(target, read)
    return read
  }
}

function prefixForm(encoded: string, original: string): CheckTarget | undefined {
  const scope = encoded === '' ? undefined : scopeText(encoded)
  if (encoded !== '' && scope === undefined) return undefined
  return original.startsWith('/') ? { scope, original } : undefined
}

function queryForm(target: string): CheckTarget | undefined {
  const query = target.indexOf('?')
  if ((query === -1 ? target : target.slice(0, query)) !== CHECK_PATH) return undefined
  const scopes: string[] = []
  for (const pair of query === -1 ? [] : target.slice(query + 1).split('&')) {
    const scope = pair.startsWith('scope=') ? scopeText(pair.slice('scope='.length)) : undefined
    if (scope === undefined) return undefined
    scopes.push(scope)
  }
  return { scope: scopes.length === 0 ? undefined : scopes.join(' '), original: undefined }
}

const SCOPE = /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/

function scopeText(encoded: string): string | undefined {
  try {
    const scope = decodeURIComponent(encoded.replaceAll('+', '%20'))
    return SCOPE.test(scope) ? scope : undefined
  } catch {
    return undefined
  }
}
