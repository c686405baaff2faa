/** The unit files: what systemd itself says of them where it is installed, and what they start. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertRuns, commandLinesIn, read } from './program.ts'

const names = ['mintmark.service', 'mintmark-backup.service', 'mintmark-backup.timer']
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
const exposureMax = 2

/** The values of a key, in the order in which they stand. */
function valuesOf(unit: string, key: string): readonly string[] {
  const lines = read(`deploy/systemd/${unit}`).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))
  return Array.from(lines, ([, value = '']) => value)
}

function environmentOf(unit: string): Readonly<Record<string, string>> {
  const pairs = valuesOf(unit, 'Environment').flatMap((line) => line.split(' '))
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/).slice(0, 2)))
}

describe('the unit files of systemd', () => {
  it('have sections and lines of the form KEY=VALUE and nothing else', () => {
    for (const name of names) {
      const lines = read(`deploy/systemd/${name}`).split('\n')
      const odd = lines.filter((line) => !/^(#.*|\[[A-Z][a-z]+\]|[A-Z]\w+=.*|)$/.test(line))
      assert.deepEqual(odd, [], name)
    }
  })

  it('start commands that the program knows, with variables that it reads', () => {
    const [serve = ''] = valuesOf('mintmark.service', 'ExecStart')
    const [argv = []] = commandLinesIn(serve.replace('/usr/bin/', ''))
    assertRuns(argv, environmentOf('mintmark.service'))
    const [backup = ''] = valuesOf('mintmark-backup.service', 'ExecStart')
    const [, script = ''] = /^\/bin\/sh -c '(.*)'$/.exec(backup) ?? []
    const [own = []] = commandLinesIn(script.replace('/usr/bin/', ''))
    assert.equal(own[0], 'backup')
    assertRuns(own, environmentOf('mintmark-backup.service'))
  })

  it('let the first process stop the others, and give it time to drain [A12]', () => {
    assert.deepEqual(valuesOf('mintmark.service', 'KillMode'), ['mixed'])
    assert.match(valuesOf('mintmark.service', 'ExecReload')[0] ?? '', /-HUP \$MAINPID$/)
    const [serve = ''] = valuesOf('mintmark.service', 'ExecStart')
    const drainSeconds = Number(/--drain-seconds (\d+)/.exec(serve)?.[1])
    assert.ok(Number(valuesOf('mintmark.service', 'TimeoutStopSec')[0]) > drainSeconds + 20)
  })

  it('are right, and expose little, to systemd itself', {
    skip: hasSystemd
      ? false
      : 'systemd-analyze is not installed; only the rules above were checked',
  }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'mintmark-units-'))
    t.after(() => rmSync(folder, { recursive: true }))
    for (const name of names) {
      // The program is not installed here.
      const text = read(`deploy/systemd/${name}`).replaceAll('/usr/bin/mintmark', '/bin/true')
      writeFileSync(join(folder, name), text)
    }
    for (const name of names) {
      const { status, stderr } = analyze('verify', join(folder, name))
      assert.deepEqual([status, stderr], [0, ''])
    }
    for (const name of names.filter((each) => each.endsWith('.service'))) {
      const { stdout } = analyze('security', '--offline=true', join(folder, name))
      const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])
      assert.ok(exposure <= exposureMax, `${name}: ${exposure}`)
    }
  })
})

function analyze(...words: readonly string[]) {
  return spawnSync('systemd-analyze', words, { encoding: 'utf8' })
}
