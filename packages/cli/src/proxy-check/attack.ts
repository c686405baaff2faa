/** What an attack on a proxy is: octets to send, and what must not come of them. */
import { isOwnName, isPlainName, isTrustedName, readName } from '../forward-auth/field-name.ts'
import { identityNames } from '../forward-auth/identity-headers.ts'
import { type RawAnswer, type RawMessage, valuesOf } from './raw-exchange.ts'
import type { ReachedRequest } from './recording-api.ts'

/** What every attack is written with. */
export interface Target {
  /** Path and query that take a token. */
  readonly guarded: string
  /** Path and query that take none; `undefined` when the proxy has none. */
  readonly open: string | undefined
  /** For `Host`. */
  readonly host: string
  readonly token: string
}

/** What came of an attack. */
export interface Aftermath {
  readonly answers: readonly RawAnswer[]
  readonly reached: readonly ReachedRequest[]
  /** What the API is told about an honest request with the same token. */
  readonly honest: ReachedRequest
  readonly target: Target
}

/** An attack. */
export interface Attack {
  readonly id: string
  /** What is tried: completes "the proxy holds against …". */
  readonly title: string
  /** Where it worked. */
  readonly references: readonly string[]
  /** What to send; `undefined` when there is nothing to attack. */
  message(target: Target): string | undefined
  /** What is wrong, in our own words; `undefined` when the proxy held. */
  fault(aftermath: Aftermath): string | undefined
}

/** A field that no honest party would send; what reaches the API with it is the attacker's. */
export const SPOOFED = 'spoofed'

/** A request, after which the connection is closed. */
export function request(
  method: string,
  path: string,
  host: string,
  ...fields: readonly string[]
): string {
  const named = fields.some((line) => /^connection:/i.test(line))
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...fields]
  return [...lines, ...(named ? [] : ['Connection: close']), '', ''].join('\r\n')
}

/** For attacks with a good token: refused, or passed on as the honest request is. */
export function isToldTheTruth({ reached, honest }: Aftermath): string | undefined {
  for (const each of reached) {
    if (each.fields.some(isAttackers)) return 'the API got what the client says about itself'
    for (const name of identityNames) {
      const [told, expected] = [each, honest].map((one) => valuesOf(one, name).join())
      if (told !== expected) return `the API was told another ${name} than it should be`
    }
  }
  return undefined
}

function isAttackers([name, value]: RawMessage['fields'][number]): boolean {
  const isAlias = !isPlainName(name) && isTrustedName(name)
  return isAlias || (value.includes(SPOOFED) && (isOwnName(name) || isForwarded(name)))
}

/** In which proxies say what was asked for. There is one value; an API that gets two may take the client's. */
export const askedForNames = [
  ...['X-Original-URI', 'X-Original-Method', 'X-Forwarded-Uri', 'X-Forwarded-Method'],
  'X-Rewrite-URL',
] as const

/** In which proxies say who the client is, and what it calls the API. `X-Forwarded-For` is a list, and may grow. */
export const aboutClientNames = [
  ...['X-Real-IP', 'Client-Cert', 'X-Client-Cert', 'X-SSL-Client-Cert'],
  ...['X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Prefix'],
] as const

const forwarded: ReadonlySet<string> = new Set(
  [...askedForNames, ...aboutClientNames].map(readName),
)

function isForwarded(name: string): boolean {
  return forwarded.has(readName(name))
}

/** For attacks without a token: nothing reaches the API. */
export function isKeptOut({ reached, answers }: Aftermath): string | undefined {
  if (reached.length > 0) return 'a request without a good token reached the API'
  if (answers.some(({ status }) => status >= 200 && status < 300)) return 'it was answered with 2xx'
  return undefined
}

/** For attacks on a path for everybody: whatever reaches the API says nothing about who it is. */
export function isNobody({ reached }: Aftermath): string | undefined {
  const fields = reached.flatMap((each) => each.fields)
  if (fields.some(([name, value]) => isOwnName(name) && value !== '')) {
    return 'the API was told who is calling on a path that takes no token'
  }
  return fields.some(isAttackers) ? 'the API got what the client says about itself' : undefined
}
