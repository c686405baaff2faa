/** `mintmark key list|rotate|compromise`: the keys that sign tokens. */
import type { SigningKeySummary } from '@mintmark/authorization-server'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { type Command, defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { keyDocument, keyText } from '../key-description.ts'
import { drillCompromise } from '../key-drill.ts'
import { pairs, table } from '../output.ts'

const listCommand = defineCommand({
  path: ['key', 'list'],
  summary: 'list the signing keys: which signs, which comes next, which retire',
  settings: [...administrationSettings],
  examples: ['mintmark key list', 'mintmark key list --json'],
  async run(invocation) {
    const keys = await withAdministration(invocation, (session) => session.keys.keys())
    const rows = keys.map((key) => [key.kid, key.algorithm, key.state, keyText(key)])
    await invocation.output.answer(
      rows.length === 0
        ? ['there is no signing key yet; the first resource or server makes one']
        : table(['KEY', 'ALGORITHM', 'STATE', 'SINCE, UNTIL'], rows),
      { keys: keys.map(keyDocument) },
    )
    return exitCode.done
  },
})

const rotateCommand = defineCommand({
  path: ['key', 'rotate'],
  summary: 'publish the key that signs next; it does so an hour later',
  settings: ['alg', 'immediately', ...administrationSettings],
  examples: ['mintmark key rotate', 'mintmark key rotate --alg RS256 --immediately'],
  async run(invocation) {
    const { settings, output } = invocation
    const request = { algorithm: settings.value('alg'), immediately: settings.value('immediately') }
    const { key, isNew } = await withAdministration(invocation, async ({ keys, changed }) =>
      changed(await keys.rotate(request)),
    )
    await output.answer(
      [
        isNew ? `key ${key.kid} created` : `key ${key.kid} had been created before`,
        ...pairs(keyPairs(key)),
      ],
      { created: isNew, ...keyDocument(key) },
    )
    return exitCode.done
  },
})

const compromiseCommand = defineCommand({
  path: ['key', 'compromise'],
  summary: 'withdraw a key at once and revoke every token that it signed',
  argument: {
    name: 'kid',
    description: 'key id, as tokens and "key list" name it; or --kid',
    optional: true,
  },
  settings: ['kid', 'drill', ...administrationSettings],
  examples: [
    'mintmark key compromise NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    'mintmark key compromise NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --drill',
  ],
  async run(invocation) {
    const kid = invocation.argument ?? invocation.settings.required('kid')
    if (invocation.settings.value('drill')) return await drillCompromise(kid, invocation)
    const { key, replacement } = await withAdministration(invocation, async ({ keys, changed }) =>
      changed(await keys.compromise(kid)),
    )
    await invocation.output.answer(
      [
        `key ${key.kid} withdrawn; every token that it signed is revoked`,
        ...(replacement === undefined ? [] : [`key ${replacement.kid} signs in its place`]),
      ],
      { ...keyDocument(key), replacement: replacement ? keyDocument(replacement) : null },
    )
    return exitCode.done
  },
})

/** All of `mintmark key`. */
export const keyCommands: readonly Command[] = [listCommand, rotateCommand, compromiseCommand]

function keyPairs(key: SigningKeySummary): [string, string | undefined][] {
  return [
    ['  algorithm', key.algorithm],
    ['  state', key.state],
    ['  signs from', key.activatesAt],
  ]
}
