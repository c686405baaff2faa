/**
 * The answer to who asks for the metadata of a protected resource (RFC 9728 section 3.2), whatever the framework.
 * Anybody may: it is not protected, and pages of other origins may read it.
 */
import type { Guard } from '../guard.ts'

/** What an adapter's `metadata` takes. */
export interface MetadataOptions {
  readonly guard: Pick<Guard, 'metadata'>
}

/** An answer, complete. */
export interface MetadataAnswer {
  readonly status: 200 | 405
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Answers requests for the metadata; `undefined` for every other request. */
export type MetadataResponder = (method: string, url: string) => MetadataAnswer | undefined

/**
 * Creates the responder for the metadata of a guard.
 *
 * Requests are compared with the path of the configured address, exactly: what is in front of an application
 * must leave the path as it is, and the responder belongs before whatever takes a prefix off.
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function createMetadataResponder(guard: MetadataOptions['guard']): MetadataResponder {
  const { metadata } = guard
  if (metadata === undefined) throw new TypeError('metadata: expected a guard with option resource')
  const { target, json } = metadata
  const found = answer(200, [...SHARED, ['content-type', 'application/json']], json)
  const notAllowed = answer(405, [['allow', 'GET, HEAD']], '')
  return (method, url) => {
    if (!url.startsWith(target) || !endsPath(url, target.length)) return undefined
    return method === 'GET' || method === 'HEAD' ? found : notAllowed
  }
}

function endsPath(url: string, at: number): boolean {
  return at === url.length || url[at] === '?'
}

const SHARED: readonly [string, string][] = [
  ['cache-control', 'public, max-age=3600'],
  ['access-control-allow-origin', '*'],
]

function answer(
  status: MetadataAnswer['status'],
  headers: [string, string][],
  body: string,
): MetadataAnswer {
  return Object.freeze({ status, headers: Object.freeze(headers), body })
}
