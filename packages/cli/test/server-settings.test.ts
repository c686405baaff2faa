import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { runProgram } from '../src/program.ts'
import { type EdgeScript, run, scriptedEdge } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

const keyModule = `
import { generateKeyPairSync, sign } from 'node:crypto'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
export default async () => ({
  name: 'hsm-1',
  algorithm: 'EdDSA',
  publicJwk: publicKey.export({ format: 'jwk' }),
  sign: async (input) => new Uint8Array(sign(null, input, privateKey)),
  close: () => { globalThis.closedSigners = (globalThis.closedSigners ?? 0) + 1 },
})
`
const files = {
  'signer.mjs': keyModule,
  'broken.mjs': 'throw new Error("a pin in here")',
  'text.mjs': 'export default ["signer"]',
  'nameless.mjs': 'export default { algorithm: "ES256" }',
}

/** Starts `mintmark serve` on a free port and waits for its ready line. */
async function serving(
  test: TestContext,
  flags: readonly string[],
  {
    variables = {},
    config = {},
  }: Pick<EdgeScript, 'variables'> & { readonly config?: object } = {},
) {
  const workingFolder = temporaryFolder(test, {
    ...files,
    'mintmark.config.json': JSON.stringify(config),
  })
  const world = scriptedEdge({ workingFolder, variables })
  const ended = runProgram(['serve', '--port', '0', ...flags], world.edge)
  const [, issuer = ''] = await world.noticed(/ready, issuer (\S+), token endpoint/)
  const get = async (path: string) => (await systemTransport(issuer + path)).json()
  const stop = async () => {
    world.signal()
    assert.equal(await ended, 0)
  }
  return { get, stop, workingFolder }
}

describe('mintmark serve, and what it has been told about its keys and certificates', () => {
  it('publishes the key of a signer that a module makes, and lets go of it [A8]', async (t) => {
    const { get, stop } = await serving(t, ['--signer', 'signer.mjs'])
    const { keys } = (await get('/oauth/jwks')) as {
      readonly keys: readonly { readonly alg: string }[]
    }
    assert.deepEqual(keys.map(({ alg }) => alg).toSorted(), ['ES256', 'EdDSA'].toSorted())
    await stop()
    assert.equal(Object(globalThis).closedSigners, 1)
  })

  it('names the origin for mutual TLS in its metadata [A7]', async (t) => {
    const { get, stop } = await serving(t, ['--mtls-origin', 'https://mtls.example/'])
    const metadata = (await get('/.well-known/oauth-authorization-server')) as Record<
      string,
      object
    >
    const aliases = Object.values(metadata.mtls_endpoint_aliases ?? {}) as string[]
    assert.ok(aliases.length > 0 && aliases.every((url) => url.startsWith('https://mtls.example/')))
    await stop()
  })

  it('lets go of the signers that it has when another cannot be had [A8]', async (t) => {
    const workingFolder = temporaryFolder(t, files)
    const before = Number(Object(globalThis).closedSigners ?? 0)
    const flags = ['--signer', 'signer.mjs', '--signer', 'broken.mjs']
    const { exitCode } = await run(['serve', '--port', '0', ...flags], { workingFolder })
    assert.deepEqual([exitCode, Object(globalThis).closedSigners], [1, before + 1])
  })

  const accepted: readonly (readonly [
    string,
    readonly string[],
    object,
    Record<string, string>,
  ])[] = [
    ['flags', ['--key-rotation', '30/7', '--replay-store', 'memory'], {}, {}],
    ['variables', [], {}, { MINTMARK_KEY_ROTATION: 'manual', MINTMARK_REPLAY_STORE: 'storage' }],
    ['a file', [], { keyRotation: '30/30', whenReplayStoreUnavailable: 'refuse' }, {}],
  ]
  for (const [where, flags, config, variables] of accepted) {
    it(`is told by ${where} [A8] [X3]`, async (t) => {
      const { stop } = await serving(t, flags, { config, variables })
      await stop()
    })
  }

  it('takes certificates from a header of trusted proxies [A6]', async (t) => {
    const flags = ['--certificate-header', 'Client-Cert', '--trusted-proxy', '10.0.0.0/8']
    for (const encoding of [[], ['rfc9440'], ['escaped-pem']]) {
      const more = encoding.flatMap((name) => ['--certificate-encoding', name])
      const { get, stop } = await serving(t, [...flags, ...more])
      const metadata = (await get('/.well-known/oauth-authorization-server')) as Record<
        string,
        unknown
      >
      assert.equal(metadata.tls_client_certificate_bound_access_tokens, true)
      await stop()
    }
  })

  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--key-rotation', '14/90'], 2, /--key-rotation must be manual, or days like 90\/14/],
    [['--key-rotation', '0/0'], 2, /--key-rotation must be/],
    [['--key-rotation', '90'], 2, /--key-rotation must be/],
    [['--replay-store', 'redis'], 2, /--replay-store redis needs --redis/],
    [['--replay-store', 'disk'], 2, /--replay-store must be one of storage, redis, memory/],
    [['--certificate-header', 'Client-Cert'], 2, /--certificate-header needs --trusted-proxy/],
    [
      ['--certificate-header', 'a b', '--trusted-proxy', '::1'],
      ...([2, /--certificate-header: must be "connection", or have a header/] as const),
    ],
    [
      ['--certificate-encoding', 'escaped-pem', '--trusted-proxy', '::1'],
      ...([2, /--certificate-encoding needs --certificate-header/] as const),
    ],
    [
      ['--certificate-encoding', 'pem'],
      2,
      /--certificate-encoding must be one of rfc9440, escaped-pem/,
    ],
    [['--mtls-origin', 'https://mtls.example/path'], 2, /--mtls-origin must be an origin/],
    [['--mtls-origin', 'http://mtls.example'], 2, /--mtls-origin: must be an https origin/],
    [['--signer', 'missing.mjs'], 1, /missing\.mjs of --signer fails when it is loaded \(ERR_/],
    [['--signer', 'broken.mjs'], 1, /broken\.mjs of --signer fails when it is loaded\n/],
    [['--signer', 'text.mjs'], 1, /the default export of text\.mjs must be a signer, or make one/],
    [['--signer', 'nameless.mjs'], 2, /--signer: a name has 1 to 64 letters/],
  ]
  for (const [flags, exitCode, message] of wrong) {
    it(`refuses ${flags.join(' ')} before it listens [X3]`, async (t) => {
      const workingFolder = temporaryFolder(t, files)
      const result = await run(['serve', '--port', '0', ...flags], { workingFolder })
      assert.equal(result.exitCode, exitCode, result.notices)
      assert.match(result.notices, message)
      assert.doesNotMatch(result.notices, /a pin in here|bug in mintmark/)
    })
  }
})
