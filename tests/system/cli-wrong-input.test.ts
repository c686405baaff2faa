/** Everything an operator can get wrong: one line on standard error, the right exit code, no trace, no secret. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { findSecret, startLoopbackServer, the } from '@mintmark/testkit'
import { servingWorld } from './cli-world.ts'
import { type ProcessScript, workingFolder } from './mintmark-process.ts'

const secret = the.clientSecret
const withSecret = { variables: { MINTMARK_CLIENT_SECRET: secret } }

interface Circumstances extends ProcessScript {
  /** Content of `mintmark.config.json`. */
  readonly configuration?: string
}

type WrongInput = readonly [
  title: string,
  /** The command line; as one text when no argument holds a space. */
  argv: string | readonly string[],
  exitCode: 1 | 2,
  says: RegExp,
  circumstances?: Circumstances,
]

const local = 'token --client-id a --token-endpoint http://127.0.0.1:9/token'
const resource = 'resource create --id urn:a --scope a'
const api = 'call https://api.example/'

const commandLine: readonly WrongInput[] = [
  ['an unknown command', 'srve', 2, /did you mean serve/],
  ['an unknown verb', 'client rename', 2, /unknown command rename/],
  ['an unknown flag', 'serve --prot 1', 2, /unknown flag --prot .*--port/],
  ['a flag without a value', 'serve --port', 2, /needs a value/],
  ['a secret as a flag', `token --client-secret ${secret}`, 2, /--client-secret-file/],
  ['a secret as a flag, in one word', `token --client-secret=${secret}`, 2, /--client-secret-file/],
  ['a secret as an argument', `token ${secret}`, 2, /too many arguments/],
  ['a port that is none', 'serve --port 80a', 2, /--port must be a whole number/],
  ['an unknown dialect', 'serve --dialect klingon', 2, /--dialect must be one of default/],
  ['an issuer in the clear', 'serve --issuer http://auth.example', 2, /--issuer must be an https/],
  ['a public address without issuer', 'serve --host 0.0.0.0 --port 0', 2, /--issuer is needed/],
  ['a lifetime that is none', `${resource} --ttl -5`, 2, /--ttl must be a whole number/],
  ['a scope that is none', 'resource create --id urn:a --scope a\\b', 2, /scope/],
  ['a resource that is no URI', 'resource create --id api --scope a', 2, /absolute URI/],
]

const storage: readonly WrongInput[] = [
  ['an address of another machine', 'serve --host 192.0.2.1', 1, /192\.0\.2\.1 port 8080/],
  ['a data folder that is a file', 'serve --port 0 --data a-file', 1, /a-file/],
  ['a data folder below a file', `${resource} --data a-file/x`, 1, /a-file/],
  ['a data folder that is not there', 'client list --data missing', 1, /missing does not exist/],
  ['a data folder with a foreign database', 'client list --data foreign', 1, /mintmark\.db/],
]

const credentials: readonly WrongInput[] = [
  ['no client secret', local, 2, /the client secret is missing/],
  ['no authorization server', 'token --client-id a', 2, /--issuer URL/],
  ['two authorization servers', `${local} --issuer https://auth.example`, 2, /leave one out/],
  ['a token endpoint that is no URL', 'token --token-endpoint a/b', 2, /must be an absolute/],
  [
    'a token endpoint in the clear',
    'token --client-id a --token-endpoint http://auth.example/token',
    2,
    /--token-endpoint must be https/,
    withSecret,
  ],
  ['a token endpoint nobody serves', local, 1, /could not be reached/, withSecret],
  ['a malformed scope', [...local.split(' '), '--scope', 'a  b'], 2, /scope/, withSecret],
  ['a secret file that is not there', `${local} --client-secret-file no`, 1, /no does not exist/],
  ['a secret file that is empty', `${local} --client-secret-file empty`, 1, /is empty/],
  ['a secret file with two lines', `${local} --client-secret-file two`, 1, /more than one line/],
  [
    'a secret on standard input with two lines',
    `${local} --client-secret-file -`,
    1,
    /standard input has more than one line/,
    { input: `${secret}\n${secret}\n` },
  ],
]

const configuration: readonly WrongInput[] = [
  [
    'a configuration file that is not JSON',
    'client list',
    2,
    /mintmark\.config\.json must hold one JSON object/,
    { configuration: `clientSecret: ${secret}` },
  ],
  [
    'a configuration file with an unknown key',
    'client list',
    2,
    /"clientSecret" in .*mintmark\.config\.json is not a setting/,
    { configuration: JSON.stringify({ clientSecret: secret }) },
  ],
  [
    'a configuration file with a value of the wrong type',
    'client list',
    2,
    /"port" in .*mintmark\.config\.json must be a whole number/,
    { configuration: '{"port": "8080"}' },
  ],
  ['a configuration file that is not there', 'client list --config no', 2, /no does not exist/],
  [
    'a variable that does not fit',
    'serve',
    2,
    /MINTMARK_PORT must be/,
    { variables: { MINTMARK_PORT: secret } },
  ],
]

const calls: readonly WrongInput[] = [
  ['no URL to call', 'call', 2, /<url> is missing/],
  ['a URL to call that is none', 'call api.example', 2, /<url> must be an absolute/],
  ['a URL to call in the clear', 'call http://api.example/', 2, /must be https/],
  ['a header that is none', `${api} -H ${secret}`, 2, /--header number 1/],
  ['a header in place of the token', `${api} -H authorization:${secret}`, 2, /the token goes/],
  ['a body file that is not there', `${api} -d @no`, 1, /no does not exist/],
  ['no token to inspect', 'inspect', 2, /no token/],
  ['a token to inspect that is none', 'inspect', 1, /not a JWT/, { input: secret }],
]

describe('mintmark, given something wrong', () => {
  const rows = [...commandLine, ...storage, ...credentials, ...configuration, ...calls]
  for (const [title, argv, exitCode, says, circumstances = {}] of rows) {
    it(`answers ${title} with one line and exit code ${exitCode} [X3, C10]`, async (t) => {
      const folder = workingFolder(t)
      folder.write('a-file', '')
      folder.write('empty', '\n')
      folder.write('two', `${secret}\n${secret}\n`)
      mkdirSync(join(folder.path, 'foreign'))
      folder.write('foreign/mintmark.db', 'this is not a database'.repeat(100))
      const { configuration, ...script } = circumstances
      if (configuration !== undefined) folder.write('mintmark.config.json', configuration)
      const words = typeof argv === 'string' ? argv.split(' ') : argv
      assertOneLine(await folder.run(words, script), exitCode, says)
    })
  }

  it('answers a wrong client secret with one line [X3, C10]', async (t) => {
    const { folder, credentials } = await servingWorld(t)
    const result = await folder.run(['token', ...credentials], withSecret)
    assertOneLine(result, 1, /\(invalid_client, HTTP 401\)/)
  })

  it('answers a port in use with one line, on both ports [X3]', async (t) => {
    const folder = workingFolder(t)
    const blocker = await startLoopbackServer((_request, response) => response.end())
    t.after(() => blocker.close())
    const { port } = new URL(blocker.origin)
    for (const flags of [
      ['--port', port],
      ['--port', '0', '--admin-port', port],
    ]) {
      const result = await folder.run(['serve', ...flags])
      assertOneLine(result, 1, new RegExp(`127\\.0\\.0\\.1 port ${port}`))
    }
  })

  it('answers an API that cannot be reached with one line [X3]', async (t) => {
    const { folder, credentials, variables } = await servingWorld(t)
    const gone = await startLoopbackServer(() => undefined)
    await gone.close()
    const result = await folder.run(['call', `${gone.origin}/x`, ...credentials], { variables })
    assertOneLine(result, 1, /the API at http:.*ECONNREFUSED/)
  })
})

function assertOneLine(
  { exitCode, output, notices }: { exitCode: number | null; output: string; notices: string },
  expected: number,
  says: RegExp,
): void {
  assert.match(notices, says)
  assert.match(notices, /^mintmark: [^\n]+\n$/)
  assert.equal(exitCode, expected)
  assert.equal(output, '')
  assert.doesNotMatch(notices, / at .*:\d+:\d+/)
  assert.equal(findSecret(notices, secret), undefined)
}
