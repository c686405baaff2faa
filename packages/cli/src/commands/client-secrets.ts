/**
 * `mintmark client secrets|add-secret|update-secret|retire-secret|delete-secret|rotate-secret`: the
 * secrets of a client, of which several work at once, so that one can follow another.
 */
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { type Command, defineCommand, type Invocation } from '../command.ts'
import { readSecret } from '../credentials.ts'
import { exitCode } from '../exit-code.ts'
import { pairs, table } from '../output.ts'
import { onlyGiven } from '../registration.ts'
import { secretDocument, secretReportDocument, secretRow } from '../secret-description.ts'

const clientArgument = {
  name: 'id',
  description: 'client identifier; or --id',
  optional: true,
} as const

const secretsCommand = defineCommand({
  path: ['client', 'secrets'],
  summary: 'list the secrets of a client: when each was last used, and whether it can be retired',
  argument: clientArgument,
  settings: ['id', ...administrationSettings],
  examples: ['mintmark client secrets partner-a', 'mintmark client secrets partner-a --json'],
  async run(invocation) {
    const id = clientIdOf(invocation)
    const secrets = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.secrets(id)),
    )
    const headings = ['SECRET', 'LABEL', 'STATE', 'MADE', 'EXPIRES', 'LAST USED', 'CAN BE RETIRED']
    await invocation.output.answer(
      secrets.length === 0
        ? [`client ${id} has no secret`]
        : table(headings, secrets.map(secretRow)),
      { client_id: id, secrets: secrets.map(secretReportDocument) },
    )
    return exitCode.done
  },
})

const draftNames = ['id', 'label', 'expiresAt', 'secretFile', ...administrationSettings] as const

const addSecretCommand = defineCommand({
  path: ['client', 'add-secret'],
  summary: 'add a secret beside those that a client has; it is shown this once',
  argument: clientArgument,
  settings: draftNames,
  examples: [
    'mintmark client add-secret partner-a --label "blue deployment"',
    'mintmark client add-secret partner-a --expires-at 2027-01-31T00:00:00Z --json',
    'mintmark client add-secret partner-a --secret-file ./partner-a.secret',
  ],
  run: (invocation) => addSecret(invocation, false),
})

const rotateSecretCommand = defineCommand({
  path: ['client', 'rotate-secret'],
  summary: 'make the secret that follows; the old ones work until they are retired',
  argument: clientArgument,
  settings: draftNames,
  examples: [
    'mintmark client rotate-secret partner-a',
    'mintmark client rotate-secret partner-a --json',
  ],
  run: (invocation) => addSecret(invocation, true),
})

const updateSecretCommand = defineCommand({
  path: ['client', 'update-secret'],
  summary: 'change the label or the expiry of a secret',
  argument: clientArgument,
  settings: ['id', 'secretId', 'label', 'expiresAt', ...administrationSettings],
  examples: [
    'mintmark client update-secret partner-a --secret-id jOjjbBLSzb --expires-at 2027-01-31T00:00:00Z',
  ],
  async run(invocation) {
    const id = clientIdOf(invocation)
    const { settings, output } = invocation
    const secretId = settings.required('secretId')
    const patch = onlyGiven({
      label: settings.value('label'),
      expiresAt: settings.value('expiresAt'),
    })
    const secret = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.updateSecret(id, secretId, patch)),
    )
    await output.answer([`secret ${secret.id} of client ${id} changed`], {
      client_id: id,
      ...secretDocument(secret),
    })
    return exitCode.done
  },
})

const retireSecretCommand = defineCommand({
  path: ['client', 'retire-secret'],
  summary: 'refuse a secret from now on; only when nobody uses it any more, or with --force',
  argument: clientArgument,
  settings: ['id', 'secretId', 'force', ...administrationSettings],
  examples: [
    'mintmark client retire-secret partner-a --secret-id jOjjbBLSzb',
    'mintmark client retire-secret partner-a --secret-id jOjjbBLSzb --force',
  ],
  async run(invocation) {
    const id = clientIdOf(invocation)
    const { settings, output } = invocation
    const secretId = settings.required('secretId')
    const force = settings.value('force')
    const secret = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.retireSecret(id, secretId, { force })),
    )
    await output.answer([`secret ${secret.id} of client ${id} retired`], {
      client_id: id,
      ...secretDocument(secret),
    })
    return exitCode.done
  },
})

const deleteSecretCommand = defineCommand({
  path: ['client', 'delete-secret'],
  summary: 'forget a secret altogether: whoever still uses it is not even noticed',
  argument: clientArgument,
  settings: ['id', 'secretId', ...administrationSettings],
  examples: ['mintmark client delete-secret partner-a --secret-id jOjjbBLSzb'],
  async run(invocation) {
    const id = clientIdOf(invocation)
    const secretId = invocation.settings.required('secretId')
    await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.deleteSecret(id, secretId)),
    )
    await invocation.output.answer([`secret ${secretId} of client ${id} deleted`], {
      ...{ client_id: id, secret_id: secretId, deleted: true },
    })
    return exitCode.done
  },
})

/** The commands about secrets. */
export const clientSecretCommands: readonly Command[] = [
  secretsCommand,
  addSecretCommand,
  rotateSecretCommand,
  updateSecretCommand,
  retireSecretCommand,
  deleteSecretCommand,
]

/** Adds a secret; a rotation also tells which secrets it is to follow, and how to retire them. */
async function addSecret(invocation: Invocation<(typeof draftNames)[number]>, rotates: boolean) {
  const id = clientIdOf(invocation)
  const { settings, edge, output } = invocation
  const file = settings.value('secretFile')
  const draft = {
    label: settings.value('label'),
    expiresAt: settings.value('expiresAt'),
    clientSecret: file === undefined ? undefined : await readSecret(file, edge),
  }
  const { added, older } = await withAdministration(invocation, async ({ registry, changed }) => {
    const before = rotates ? changed(await registry.secrets(id)) : []
    const active = before.filter((secret) => secret.state === 'active')
    return { added: changed(await registry.addSecret(id, draft)), older: active }
  })
  const shown = file === undefined ? added.clientSecret.reveal() : undefined
  const { secret } = added
  await output.answer(
    [
      `secret ${secret.id} of client ${id} added`,
      ...pairs([
        ['  client secret', shown],
        ['  label', secret.label],
        ['  expires', secret.expiresAt],
      ]),
      ...older.flatMap((one) => howToRetire(id, one.id)),
    ],
    {
      client_id: id,
      ...(shown !== undefined && { client_secret: shown }),
      ...secretDocument(secret),
      ...(rotates && { follows: older.map((one) => one.id) }),
    },
  )
  if (shown !== undefined) output.notice('the client secret is not shown again; keep it now')
  return exitCode.done
}

function howToRetire(clientId: string, secretId: string): readonly string[] {
  return [
    `secret ${secretId} works beside it; once everybody has the new one:`,
    `  mintmark client retire-secret ${clientId} --secret-id ${secretId}`,
  ]
}

function clientIdOf({ argument, settings }: Invocation<'id'>): string {
  return argument ?? settings.required('id')
}
