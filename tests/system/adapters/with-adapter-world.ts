/** A world that ends with the test. */
import type { TestContext } from 'node:test'
import { type AdapterWorld, startAdapterWorld } from './adapter-world.ts'

export async function adapterWorld(t: TestContext): Promise<AdapterWorld> {
  const world = await startAdapterWorld()
  t.after(() => world.close())
  return world
}
