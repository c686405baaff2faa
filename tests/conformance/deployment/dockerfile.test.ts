/** The image, as far as it can be judged without an engine that builds it. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { validate } from 'dockerfile-utils'
import { assertRuns, inRoot, read } from './program.ts'

const path = 'deploy/Dockerfile'

interface Instruction {
  readonly name: string
  readonly rest: string
}

/** Instructions with their continued lines, without comments. */
function instructions(): readonly Instruction[] {
  const text = read(path)
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    return { name, rest: rest.replaceAll(/\s+/g, ' ').trim() }
  })
}

/** Those of the last stage, which is what the image consists of. */
function lastStage(): readonly Instruction[] {
  const all = instructions()
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
}

const inLastStage = (name: string): readonly string[] =>
  lastStage().flatMap((each) => (each.name === name ? [each.rest] : []))

function environment(): Readonly<Record<string, string>> {
  const pairs = inLastStage('ENV').flatMap((line) => line.split(' '))
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/).slice(0, 2)))
}

describe('the Dockerfile', () => {
  it('has nothing that a linter finds', () => {
    assert.deepEqual(validate(read(path)), [])
  })

  it('copies only what is there', () => {
    const copied = instructions().filter(
      ({ name, rest }) => name === 'COPY' && !/--from/.test(rest),
    )
    const sources = copied.flatMap(({ rest }) => rest.split(' ').slice(0, -1))
    assert.ok(sources.length > 4)
    const missing = sources.filter((source) => !existsSync(inRoot(source)))
    assert.deepEqual(missing, [])
    const ignored = read(`${path}.dockerignore`)
    for (const source of sources)
      assert.match(ignored, new RegExp(`^!${source.replace('./', '')}$`, 'm'))
  })

  it('installs from the lock file and names no registry', () => {
    const runs = instructions().flatMap(({ name, rest }) => (name === 'RUN' ? [rest] : []))
    assert.equal(runs.filter((run) => run.startsWith('npm ci ')).length, 2)
    assert.doesNotMatch(read(path), /npm install|registry|https?:\/\/(?!127\.0\.0\.1)/)
  })

  it('ends in a stage that builds nothing and runs as an account without rights', () => {
    assert.deepEqual(inLastStage('USER'), ['10001:10001'])
    assert.ok(inLastStage('RUN').every((run) => !/npm|apt|curl/.test(run)))
    const from = inLastStage('COPY')
    assert.deepEqual(from, ['--from=dependencies /app /app'])
  })

  it('checks its health by the port of the administration, with what the image has', () => {
    const [check = ''] = inLastStage('HEALTHCHECK')
    const [, words = '[]'] = /CMD (\[.*\])$/.exec(check) ?? []
    const [program, flag, script] = JSON.parse(words)
    assert.deepEqual([program, flag], ['node', '-e'])
    assert.match(script, /MINTMARK_ADMIN_PORT\}\/health\/ready/)
    // Runs: nobody listens there, so it says no.
    assert.doesNotThrow(() => new Function(script))
  })

  it('starts a command that the program knows, with variables that it reads', () => {
    assert.deepEqual(inLastStage('ENTRYPOINT'), ['["mintmark"]'])
    const [command = ''] = inLastStage('CMD')
    assertRuns(JSON.parse(command), environment())
    assert.deepEqual(inLastStage('STOPSIGNAL'), ['SIGTERM'])
  })
})
