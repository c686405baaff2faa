/** A registry in memory with two resources and one client, for tests of what an operator may do. */
import { FakeClock, seededRandom, the } from '@mintmark/testkit'
import {
  openRegistry,
  type Registered,
  type Registry,
  type StorageSession,
  sqlite,
} from '../../src/index.ts'

export const otherApi = 'https://other.example'

export interface RegistryFixture extends AsyncDisposable {
  readonly registry: Registry
  /** What the registry stands on, to write what nodes write and to read what is stored. */
  readonly session: StorageSession
  readonly clock: FakeClock
}

/** `the.audience` owns `the.scope`, `otherApi` owns `other:read other:write`; `the.clientId` may have the first. */
export async function registryFixture(): Promise<RegistryFixture> {
  const clock = new FakeClock()
  const memory = sqlite(':memory:')
  const session = await memory.open()
  const random = seededRandom(1)
  const registry = await openRegistry({
    storage: { ...memory, open: async () => session },
    clock,
    random,
  })
  value(await registry.createResource({ id: the.audience, scope: the.scope }))
  value(await registry.createResource({ id: otherApi, scope: 'other:read other:write' }))
  value(await registry.createClient({ id: the.clientId, scope: the.scope }))
  return { registry, session, clock, [Symbol.asyncDispose]: () => registry.close() }
}

/** The value of a change that must have been made. */
export function value<Value>(result: Registered<Value>): Value {
  if (!result.ok) throw new Error(`${result.violation}: ${result.subject}`)
  return result.value
}

/** What a change was refused for. */
export function violation(result: Registered<unknown>): string | undefined {
  return result.ok ? undefined : result.violation
}

/** Grants as lines, such as `https://api.example: read write`. */
export function grantLines(client: {
  readonly grants: readonly {
    readonly resource: string
    readonly scopes: { readonly text: string }
  }[]
}): readonly string[] {
  return client.grants.map(({ resource, scopes }) => `${resource}: ${scopes.text}`)
}
