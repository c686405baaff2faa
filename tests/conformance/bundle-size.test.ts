/** What a program that uses the client for one thing has to load: the size, and that it is nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** The client with a client secret, as a bundler leaves it of `@mintmark/client`. */
const core = `export { createTokenClient, TokenAcquisitionError } from '@mintmark/client'`

async function minified(contents: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, write: false, metafile: true, legalComments: 'none' },
    ...{ format: 'esm', platform: 'neutral', conditions: ['source'], target: 'es2023' },
  })
  const [bundle] = outputFiles
  assert.ok(bundle)
  return { gzipBytes: gzipSync(bundle.contents, { level: 9 }).length, metafile }
}

/** Folders and files of the client that only those pay for who use them. */
const onDemand =
  /client\/src\/(?:adapters|telemetry|waiting-fetch|shared-store|sender-binding\/dpop|.*jwt|.*assertion|text-file)/

test(`the client with a client secret is at most 25 KB of minified and gzipped code [C15]`, async () => {
  const { gzipBytes } = await minified(core)
  assert.ok(gzipBytes <= 25_600, `${gzipBytes} bytes`)
})

test('a client with a client secret carries no code of what it does not use [C15]', async () => {
  const { metafile } = await minified(core)
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const carried = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  assert.deepEqual(
    carried.filter((path) => onDemand.test(path)),
    [],
  )
})
