import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandList } from '../src/command-list.ts'
import { packageVersion } from '../src/version.ts'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('the program', () => {
  it('prints its version', async () => {
    for (const flag of ['--version', '-V']) {
      const { exitCode, output, notices } = await run([flag])
      assert.deepEqual(
        { exitCode, output, notices },
        {
          exitCode: 0,
          output: `${packageVersion()}\n`,
          notices: '',
        },
      )
    }
  })

  it('prints help that is asked for on standard output, with exit code 0', async () => {
    for (const argv of [['--help'], ['help'], ['client', '--help'], ['help', 'token']]) {
      const { exitCode, output, notices } = await run(argv)
      assert.equal(exitCode, 0)
      assert.match(output, /^Usage: mintmark/)
      assert.equal(notices, '')
    }
  })

  it('prints help that was not asked for on standard error, with exit code 2', async () => {
    for (const argv of [[], ['client'], ['resource']]) {
      const { exitCode, output, notices } = await run(argv)
      assert.equal(exitCode, 2)
      assert.equal(output, '')
      assert.match(notices, /^Usage: mintmark/)
    }
  })

  it('documents its exit codes, and where settings and secrets come from', async () => {
    const { output } = await run(['--help'])
    for (const part of ['0  done', '1  failure', '2  usage', 'mintmark.config.json']) {
      assert.ok(output.includes(part), part)
    }
  })

  for (const command of commandList) {
    const name = command.path.join(' ')
    it(`shows examples and every variable in the help of "${name}"`, async () => {
      const { output } = await run([...command.path, '--help'])
      assert.match(output, /Examples:\n {2}\$ /)
      assert.ok(command.examples.every((example) => example.includes(`mintmark ${name}`)))
      assert.ok(output.includes('MINTMARK_CONFIG'))
      assert.ok(output.includes('MINTMARK_JSON'))
    })
  }

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['tokn'], /unknown command tokn \(did you mean token\?\); see mintmark --help/],
    [['client', 'crate'], /unknown command crate \(did you mean create\?\); see mintmark client/],
    [['token', '--isuer', 'x'], /unknown flag --isuer \(did you mean --issuer\?\)/],
    [['token', '--nothing-like-it=sesame-open-now'], /unknown flag --nothing-like-it;/],
    [['token', '-qsesame-open-now'], /unknown flag;/],
    [['eyJhbGciOiJFUzI1NiJ9.e30.AAAA'], /unknown command;/],
    [['token', 'sesame-open-now'], /too many arguments for mintmark token/],
    [['client', 'show', 'partner-a', 'sesame-open-now'], /too many arguments/],
    [['call'], /the argument <url> is missing/],
    [['token', '--scope'], /the flag --scope <scope> needs a value/],
    [['token', '--client-secret', 'sesame-open-now'], /on the command line is seen/],
    [['token', '--client-secret=sesame-open-now'], /on the command line is seen/],
    [['client', 'create', '--secret', 'sesame-open-now'], /on the command line is seen/],
  ]
  for (const [argv, pattern] of wrong) {
    it(`answers "${argv.join(' ')}" with one line and exit code 2`, async () => {
      const { exitCode, output, notices } = await run(argv)
      assert.equal(exitCode, 2)
      assert.equal(output, '')
      assert.match(notices, pattern)
      assert.match(notices, /^mintmark: [^\n]*\n$/)
      assert.ok(!notices.includes('sesame'))
      assert.ok(!notices.includes('eyJ'))
    })
  }

  it('reports an error as one JSON document when asked for JSON by flag or variable', async () => {
    const expected = { code: 'command_line_malformed' }
    for (const attempt of [
      run(['token', '--isuer', 'x', '--json']),
      run(['token', '--isuer', 'x'], { variables: { MINTMARK_JSON: 'true' } }),
    ]) {
      const { notices, output } = await attempt
      const document = JSON.parse(notices)
      assert.equal(document.error.code, expected.code)
      assert.equal(typeof document.error.message, 'string')
      assert.equal(notices.split('\n').length, 2)
      assert.equal(output, '')
    }
  })

  it('reports an error as JSON when the configuration file asks for JSON', async (t) => {
    const workingFolder = temporaryFolder(t, { 'mintmark.config.json': '{"json": true}' })
    const { notices } = await run(['client', 'list'], { workingFolder })
    assert.equal(JSON.parse(notices).error.code, 'data_folder_missing')
  })

  it('reads the configuration file of the working folder', async (t) => {
    const workingFolder = temporaryFolder(t, { 'mintmark.config.json': '{"prot": 80}' })
    const { exitCode, notices } = await run(['client', 'list'], { workingFolder })
    assert.equal(exitCode, 2)
    assert.match(notices, /"prot" in .*mintmark\.config\.json is not a setting/)
  })

  it('ends quietly when the reader of its output has gone', async () => {
    const { exitCode, notices } = await run(['--help'], { outputIsClosed: true })
    assert.equal(exitCode, 0)
    assert.equal(notices, '')
  })
})
