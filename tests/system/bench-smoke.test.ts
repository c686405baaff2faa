/** Every benchmark runs, and gets only right answers. Whether it is fast is not asked here. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const root = join(import.meta.dirname, '../..')

interface SmokeReport {
  readonly isMeasurement: boolean
  readonly sections: readonly {
    readonly metrics: readonly { readonly candidate: string; readonly rounds: readonly number[] }[]
    readonly goals: readonly unknown[]
  }[]
}

const hasRedis = spawnSync('redis-server', ['--version']).status === 0

function runBench(name: string, ...flags: readonly string[]) {
  const file = join(root, 'bench', `${name}.bench.ts`)
  const args = ['--conditions=source', file, ...flags]
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
}

function smokeReport(name: string): SmokeReport {
  const { status, stdout, stderr } = runBench(name, '--smoke', '--json')
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout) as SmokeReport
}

describe('benchmarks in smoke mode', () => {
  for (const [name, sectionCount, candidate] of [
    ['load-generator', 1, 'bare node:http'],
    ['issuance', 6, ''],
    ['introspection', 1, 'new'],
    ['client-assertions', 1, 'private_key_jwt'],
    ['indistinguishable', 1, 'unknown client'],
    ['registered-clients', 1, '30 clients'],
    ['new-connections', 1, 'mintmark'],
    ['endurance', 1, 'mintmark'],
    ['overload', 2, 'twice as much'],
    ['workers', 1, '2 workers'],
    ['cached-token', 1, 'client.token()'],
    ['api-calls', 3, 'client'],
    ['stampede', 2, 'client.token()'],
    ['steady-renewal', 1, 'client.token()'],
    ['start-up', 1, '@mintmark/client'],
    ['guard', 5, ''],
    ['guarded-apps', 3, ' + mintmark'],
    // Decisions in Redis are left out where there is none.
    ['limits', hasRedis ? 4 : 2, 'bucket'],
  ] as const) {
    it(`runs ${name} with every answer right`, () => {
      const { isMeasurement, sections } = smokeReport(name)
      assert.equal(isMeasurement, false)
      assert.equal(sections.length, sectionCount)
      for (const { metrics, goals } of sections) {
        assert.ok(metrics.some((metric) => metric.candidate.includes(candidate)))
        assert.ok(metrics.every(({ rounds }) => rounds.length === 1 && (rounds[0] ?? -1) >= 0))
        assert.deepEqual(goals, [])
      }
    })
  }

  it('ends with status 2 and one line for a flag that it does not know', () => {
    const { status, stdout, stderr } = runBench('cached-token', '--fast')
    assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [2, '', 1])
  })
})
