/** A proxy with the configuration that is shipped for it in `deploy/`, but for addresses and what a test changes. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import {
  exchangeRaw,
  guardProcess,
  issuingServer,
  type RawAnswer,
  rawRequest,
  recordingApi,
} from '../forward-auth-world.ts'

/** Texts of configuration files by their name below a folder. */
export type Files = Readonly<Record<string, string>>

/** A change to the configuration that is shipped: in a file, this text for that one. */
export type Change = readonly [file: string, from: string, to: string]

/** What the proxy asks, and what is behind it. */
export interface Behind {
  /** Origin of the guard. */
  readonly guard: string
  /** Port of the API. */
  readonly api: number
}

/** A proxy that runs. */
export interface RunningProxy {
  readonly port: number
  readonly origin: string
}

/** A kind of proxy. */
export interface ShippedProxy {
  readonly name: string
  /** How the guard speaks with it. */
  readonly mode: 'nginx' | 'generic'
  /**
   * What it has no way to be configured for: to tell an admitted client what the guard says beside, and to answer 503
   * while the guard cannot be reached.
   */
  readonly lacks: readonly ('announcements' | 'outages')[]
  /** What it says while the API cannot be reached. */
  readonly apiOutage: 502 | 503
  /** Starts one, which ends with the test. */
  start(test: TestContext, behind: Behind, changes?: readonly Change[]): Promise<RunningProxy>
}

/** Files of `deploy/`. */
export function shippedFiles(folder: string, names: readonly string[]): Files {
  const place = new URL(`../../../deploy/${folder}/`, import.meta.url)
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, place), 'utf8')]))
}

/** Makes the changes, each of which must have something to change. */
export function changed(files: Files, changes: readonly Change[]): Files {
  const texts = { ...files }
  for (const [name, from, to] of changes) {
    const text = texts[name]
    assert(text !== undefined, name)
    assert(text.includes(from), `${name} has ${from}`)
    texts[name] = text.replaceAll(from, to)
  }
  return texts
}

/** A proxy with all that is around it, and a way to ask it. */
export type ProxyWorld = Awaited<ReturnType<typeof proxyWorld>>

/** Starts everything; it ends with the test. @param flags - More for the guard. */
export async function proxyWorld(
  test: TestContext,
  proxy: ShippedProxy,
  {
    flags = [],
    answer,
  }: {
    readonly flags?: readonly string[]
    readonly answer?: Parameters<typeof recordingApi>[1]
  } = {},
) {
  const server = await issuingServer(test)
  const api = await recordingApi(test, answer)
  const guard = await guardProcess(test, server.issuer, '--mode', proxy.mode, ...flags)
  const running = await proxy.start(test, { guard: guard.origin, api: api.port })
  const ask = async (line: string, ...fields: readonly string[]): Promise<RawAnswer> => {
    const [answer] = await exchangeRaw(running.port, rawRequest(line, ...fields))
    assert(answer !== undefined, `${line} is answered`)
    return answer
  }
  const bearer = async (scope: string) => `Authorization: Bearer ${await server.token(scope)}`
  return { server, api, guard, proxy: running, ask, bearer }
}
