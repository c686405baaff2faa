/** The compose file: what it names is there, and what it says the program understands. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import { parse } from 'yaml'
import { assertRuns, inRoot, read } from './program.ts'

interface Service {
  readonly image: string
  readonly read_only?: boolean
  readonly user?: string
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly stop_grace_period?: string
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, object>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

const compose: Compose = parse(read('deploy/compose.yaml'), { merge: true })
const nodes = Object.entries(compose.services).filter(([name]) => name.startsWith('node-'))

/** A variable of the shell by its default. */
const withDefaults = (text: string): string => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')

describe('the compose file', () => {
  it('has two nodes that differ in nothing but where they keep and offer things', () => {
    assert.equal(nodes.length, 2)
    const [one, other] = nodes.map(([, { ports, volumes, ...rest }]) => rest)
    assert.deepEqual(one, other)
    const all = nodes.flatMap(([, { ports = [], volumes = [] }]) => [...ports, ...volumes])
    assert.equal(new Set(all).size, all.length)
    assert.ok(
      nodes.every(([, { ports = [] }]) => ports.every((port) => port.startsWith('127.0.0.1:'))),
    )
  })

  it('gives them a root that cannot be written, no capability and no new privilege', () => {
    for (const [, service] of nodes) {
      assert.equal(service.read_only, true)
      assert.deepEqual(service.cap_drop, ['ALL'])
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'])
      assert.equal(service.user, '10001:10001')
      assert.ok(Number.parseInt(service.stop_grace_period ?? '', 10) > 30)
    }
  })

  it('tells them what the program reads', () => {
    for (const [, { environment = {} }] of nodes) {
      const variables = Object.entries(environment).filter(([name]) => name.startsWith('MINTMARK_'))
      assertRuns(
        ['serve'],
        Object.fromEntries(variables.map(([name, value]) => [name, withDefaults(value)])),
      )
    }
  })

  it('names only services, volumes and secrets that there are, and waits for healthy ones', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        assert.equal(condition, 'service_healthy')
        assert.ok(compose.services[other]?.healthcheck, `${name} waits for ${other}`)
      }
      for (const secret of service.secrets ?? []) assert.ok(secret in compose.secrets, secret)
      for (const volume of service.volumes ?? []) {
        assert.ok((volume.split(':')[0] ?? '') in compose.volumes, volume)
      }
      if (service.build !== undefined) {
        assert.ok(read(service.build.dockerfile).length > 0)
        assert.equal(inRoot(join('deploy', service.build.context)), inRoot('.').replace(/\/$/, ''))
      }
      // No secret in the file itself.
      const values = Object.entries(service.environment ?? {})
      assert.ok(values.every(([key]) => !/PASSWORD$/.test(key)))
    }
  })

  it('has its secrets made by a script whose master key the server takes', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'mintmark-deploy-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const script = inRoot('deploy/make-secrets.sh')
    const run = () => spawnSync('sh', [script, folder], { encoding: 'utf8' })
    assert.equal(run().status, 0)
    const made = Object.values(compose.secrets).map(({ file }) =>
      join(folder, file.split('/').at(-1) ?? ''),
    )
    const before = made.map((file) => readFileSync(file, 'utf8'))
    assert.ok(made.every((file) => (statSync(file).mode & 0o077) === 0))
    // Again: nothing is made anew.
    assert.equal(run().status, 0)
    assert.deepEqual(
      made.map((file) => readFileSync(file, 'utf8')),
      before,
    )
    const server = await createAuthorizationServer({
      issuer: 'https://auth.example',
      storage: sqlite(folder),
    })
    assert.equal(readFileSync(join(folder, 'master.key'), 'utf8'), before[0])
    await server.close()
  })
})
