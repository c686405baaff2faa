/** What an entry point of Traefik 3.7.13 does with a request before a router is chosen, by its documentation. */
import assert from 'node:assert/strict'
import { connectionNames, type Field, having, isNamed, valuesIn, without } from './field-list.ts'
import type { ClientRequest } from './stand-in-proxy.ts'
import { originForm, resolved, unescaped } from './written-path.ts'

/** The options of an entry point that are known here. */
export interface EntryPoint {
  readonly address: string
  readonly forwardedHeaders?: { readonly trustedIPs?: readonly string[] }
  readonly http?: {
    readonly aliasHeadersStrategy?: 'keep' | 'delete' | 'reject'
    readonly encodedCharacters?: Readonly<Record<string, boolean>>
    readonly sanitizePath?: boolean
  }
}

/** A request as routers and middlewares see it. */
export interface EnteredRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly fields: readonly Field[]
}

/** What the client is answered instead of being let in. */
export type Turned = { readonly turned: number }

/** By the option that allows them. */
const encodedCharacters: Readonly<Record<string, RegExp>> = {
  allowEncodedSlash: /%2f/i,
  allowEncodedBackSlash: /%5c/i,
  allowEncodedNullCharacter: /%00/,
  allowEncodedSemicolon: /%3b/i,
  allowEncodedPercent: /%25/,
  allowEncodedQuestionMark: /%3f/i,
  allowEncodedHash: /%23/,
}

/** Takes a request in, or turns it away. */
export function entered(request: ClientRequest, entryPoint: EntryPoint): EnteredRequest | Turned {
  const { aliasHeadersStrategy: strategy = 'keep', sanitizePath = true } = entryPoint.http ?? {}
  const written = originForm(request.target)
  if (written === undefined || hasForbidden(written.path, entryPoint)) return { turned: 400 }
  const aliases = request.fields.filter(([name]) => /[^\da-z-]/i.test(name))
  if (strategy === 'reject' && aliases.length > 0) return { turned: 400 }
  const known = request.fields.filter((field) => strategy === 'keep' || !aliases.includes(field))
  const path = unescaped(written.path)
  return {
    method: request.method,
    path: sanitizePath ? resolved(path) : path,
    query: written.query,
    fields: withoutConnection(forwarded(named(known, written.host), entryPoint)),
  }
}

function hasForbidden(path: string, { http }: EntryPoint): boolean {
  return Object.entries(http?.encodedCharacters ?? {}).some(([option, isAllowed]) => {
    const pattern = encodedCharacters[option]
    assert(pattern !== undefined, `Traefik knows ${option}`)
    return !isAllowed && pattern.test(path)
  })
}

/** An absolute target says which host is meant. */
function named(fields: readonly Field[], host: string | undefined): readonly Field[] {
  return host === undefined ? fields : having(fields, 'Host', host)
}

const managed =
  /^X-(Forwarded-(Proto|Scheme|For|Host|Port|Server|Uri|Method|Prefix|Tls-Client-Cert(-Info)?)|Scheme|Real-Ip)$/i

function forwarded(fields: readonly Field[], { forwardedHeaders }: EntryPoint): readonly Field[] {
  assert.deepEqual(forwardedHeaders?.trustedIPs ?? [], [], 'nobody is trusted')
  const own = fields.filter(([name]) => !managed.test(name.replaceAll('_', '-')))
  const [host = ''] = valuesIn(fields, 'host')
  return [
    ...own,
    ...([
      ['X-Real-Ip', '127.0.0.1'],
      ['X-Forwarded-Proto', 'http'],
    ] as const),
    ...([
      ['X-Forwarded-Host', host],
      ['X-Forwarded-Port', '80'],
    ] as const),
    ['X-Forwarded-Server', 'stand-in'],
  ]
}

/** Takes the named fields out, but not those that Traefik has written; and offers to speak HTTP/2. */
function withoutConnection(fields: readonly Field[]): readonly Field[] {
  const names = connectionNames(fields).filter((name) => !managed.test(name))
  const left = without(fields, ...names.filter((name) => !isNamed(name, 'upgrade')), 'connection')
  return without(left, 'http2-settings').filter(
    ([name, value]) => !(isNamed(name, 'upgrade') && /\bh2c\b/i.test(value)),
  )
}
