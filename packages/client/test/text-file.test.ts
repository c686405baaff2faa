import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { textFile } from '@mintmark/client/file'
import { findSecret, the } from '@mintmark/testkit'

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mintmark-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const full = 'a'.repeat(65_536)

test('gives the text of a file without the line end after it [C11]', async () => {
  const rows: readonly [holds: string, text: string][] = [
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    [' secret ', ' secret '],
    ['two\nlines\n', 'two\nlines'],
    ['', ''],
    ['ü€😀\n', 'ü€😀'],
    [full, full],
  ]
  await withFolder(async (folder) => {
    const path = join(folder, 'secret')
    const [byPath, byUrl] = [textFile(path), textFile(pathToFileURL(path))]
    for (const [holds, text] of rows) {
      await writeFile(path, holds)
      assert.equal(await byPath(), text)
      assert.equal(await byUrl(), text)
    }
  })
})

test('fails for what is no text of 64 KiB at most, naming neither path nor content [C10] [C11]', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'secret-of-partner-a')
    const holding = async (bytes: string | Uint8Array) => {
      await writeFile(path, bytes)
      return path
    }
    const rows: readonly [path: string, code: string | undefined][] = [
      [join(folder, 'not-there'), 'ENOENT'],
      [folder, 'EISDIR'],
      [await holding(`${the.clientSecret}${full}`), undefined],
    ]
    for (const [at, code] of rows) await failsWith(code, textFile(at), folder)
    await holding(Uint8Array.of(...new TextEncoder().encode(the.clientSecret), 0xff))
    await failsWith(undefined, textFile(path), folder)
    await failsWith('ERR_INVALID_ARG_TYPE', textFile(7 as unknown as string), folder)
  })
})

async function failsWith(
  code: string | undefined,
  read: () => Promise<string>,
  folder: string,
): Promise<void> {
  const error = await read().then(
    () => assert.fail('it was read'),
    (reason: unknown) => reason,
  )
  assert(error instanceof Error)
  assert.equal((error as { readonly code?: unknown }).code, code)
  const printed = inspect(error, { depth: 9, showHidden: true })
  assert.equal(findSecret(printed, the.clientSecret), undefined)
  assert.equal(findSecret(printed, folder), undefined)
}
