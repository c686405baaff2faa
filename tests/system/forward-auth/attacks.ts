/** `mintmark check-proxy` against a proxy as it is shipped, which holds, and with changes, each of which it finds. */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { freePort } from '@mintmark/testkit'
import { guardProcess, type IssuingServer, issuingServer } from '../forward-auth-world.ts'
import { workingFolder } from '../mintmark-process.ts'
import type { Change, ShippedProxy } from './shipped-proxy.ts'

/** What came of all attacks. */
export interface Found {
  readonly exitCode: number | null
  readonly failed: readonly string[]
  readonly held: number
  readonly skipped: number
}

/** Attacks whatever is in front of a port. @param open - A path that takes no token, empty for none. */
export async function attackAll(
  test: TestContext,
  server: IssuingServer,
  { origin, port, open = '/public/a' }: { origin: string; port: number; open?: string },
): Promise<Found> {
  const url = ['--url', `${origin}/decisions/1`]
  const openUrl = open === '' ? [] : ['--open-url', origin + open]
  const argv = ['check-proxy', '-', ...url, ...openUrl, '--port', String(port), '--json']
  const token = await server.token('decisions:read')
  const { output, notices, exitCode } = await workingFolder(test).run(argv, { input: token })
  assert.equal(notices, '')
  const { attacks } = JSON.parse(output) as { attacks: { id: string; outcome: string }[] }
  const of = (outcome: string) => attacks.filter((each) => each.outcome === outcome)
  const failed = of('failed').map(({ id }) => id)
  return { exitCode, failed, held: of('held').length, skipped: of('skipped').length }
}

/** Makes a way to attack the proxy as shipped but for changes; one issuer and one guard are behind all of them. */
async function attacker(test: TestContext, proxy: ShippedProxy) {
  const server = await issuingServer(test)
  const guard = await guardProcess(test, server.issuer, '--mode', proxy.mode)
  return async (one: TestContext, changes: readonly Change[] = []): Promise<Found> => {
    const port = await freePort()
    const { origin } = await proxy.start(one, { guard: guard.origin, api: port }, changes)
    return await attackAll(one, server, { origin, port })
  }
}

/** Something that a configuration must not be changed to, and one of the attacks that then come through. */
export type Break = readonly [title: string, expected: string, ...changes: readonly Change[]]

/** Declares the tests. */
export function attackTests(proxy: ShippedProxy, breaks: readonly Break[]): void {
  it('holds against every attack as shipped [R8]', async (t) => {
    const attack = await attacker(t, proxy)
    const { failed, held, skipped, exitCode } = await attack(t)
    assert.deepEqual(failed, [])
    assert.deepEqual([held > 60, skipped, exitCode], [true, 0, 0])
  })

  it('is found out with a configuration [R8]', async (t) => {
    const attack = await attacker(t, proxy)
    for (const [title, expected, ...changes] of breaks) {
      await t.test(`that ${title} [R8]`, async (one) => {
        const { failed, exitCode } = await attack(one, changes)
        assert(failed.includes(expected), `${expected} is among ${failed.join(' ')}`)
        assert.equal(exitCode, 1)
      })
    }
  })
}
