/** The clients that `docs/presets.md` shows are ones that can be made, one for each preset. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createTokenClient, type PresetName, type TokenClientOptions } from '@mintmark/client'

const page = readFileSync(new URL('../../docs/presets.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

test('every client of docs/presets.md can be made as it stands there [S7]', () => {
  const shown: (PresetName | undefined)[] = []
  const given = {
    createTokenClient: (options: TokenClientOptions) => {
      shown.push(options.preset)
      return createTokenClient(options)
    },
    clientId: 'partner-a',
    clientSecret: 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa',
    tenantId: '8eaef023-2b34-4da1-9baa-8bc8c9d6a490',
    ...{ redis: {}, keys: new Uint8Array(32), redisTokenStore: () => undefined },
  }
  for (const block of blocks) new Function(...Object.keys(given), block)(...Object.values(given))
  const names = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  assert.deepEqual(shown, names)
})
