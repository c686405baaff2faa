/** Every command line that runbooks and deployment pages show is one that the program understands. */
import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { assertRuns, commandLinesIn, inRoot, read } from './program.ts'

const runbooks = globSync('docs/runbooks/*.md', { cwd: inRoot('.') }).toSorted()
const pages = [...runbooks, 'deploy/README.md']
const topics = [
  ...['rotate-keys', 'compromised-key', 'leaked-secret', 'restore', 'upgrade'],
  ...['database-outage', 'redis-outage'],
]

/** Everything between fences of shell. */
function scriptsOf(page: string): string {
  const blocks = read(page).matchAll(/^ *```sh\n(.*?)^ *```/gms)
  return Array.from(blocks, ([, block]) => block).join('\n')
}

describe('the command lines on a page', () => {
  for (const page of pages) {
    it(`are understood by the program: ${page} [A12]`, () => {
      for (const argv of commandLinesIn(scriptsOf(page))) assertRuns(argv)
    })

    it(`are beside links that lead somewhere: ${page}`, () => {
      const links = Array.from(read(page).matchAll(/\]\(([^)#:]+)\)/g), ([, link = '']) => link)
      const broken = links.filter((link) => !existsSync(inRoot(join(dirname(page), link))))
      assert.deepEqual(broken, [])
    })
  }

  it('are there for every runbook, which all are on the first page', () => {
    const first = read('docs/runbooks/README.md')
    for (const topic of topics) {
      assert.match(first, new RegExp(`\\(${topic}\\.md\\)`))
      const commands = commandLinesIn(scriptsOf(`docs/runbooks/${topic}.md`))
      assert.ok(commands.length >= 2, topic)
      assert.match(read(`docs/runbooks/${topic}.md`), /^Done when|^Back again/m)
    }
    assert.equal(runbooks.length, topics.length + 1)
  })
})

describe('the reader of shown command lines', () => {
  it('finds them between pipes, files, other programs and accounts', () => {
    const script = [
      'mintmark token --scope "a b" | mintmark verify - --audience x > out # and so on',
      'sudo -u mintmark mintmark client list && echo mintmark',
      'kubectl -n mintmark exec deploy/mintmark -- mintmark admin bootstrap',
      "mintmark call http://a.example \\\n  -H 'a: b'",
      'kubectl create secret generic mintmark --from-file=a',
    ].join('\n')
    assert.deepEqual(commandLinesIn(script), [
      ['token', '--scope', 'a b'],
      ['verify', '-', '--audience', 'x'],
      ['client', 'list'],
      ['admin', 'bootstrap'],
      ['call', 'http://a.example', '-H', 'a: b'],
    ])
  })

  it('refuses what the program does not know', () => {
    for (const argv of [
      ['client', 'expel', 'a'],
      ['serve', '--wrokers', '2'],
      ['serve', '--workers', 'many'],
      ['client'],
    ]) {
      assert.throws(() => assertRuns(argv), Error, argv.join(' '))
    }
    assert.throws(() => assertRuns(['serve'], { MINTMARK_WORKER: '2' }))
    assert.throws(() => assertRuns(['serve'], { MINTMARK_WORKERS: 'many' }))
  })
})
