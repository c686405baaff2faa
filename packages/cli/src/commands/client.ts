/**
 * `mintmark client list|show|disable|enable|delete`; those that take settings have files of their
 * own.
 */

import type { Client, RegistryOperations } from '@mintmark/authorization-server'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { clientDocument, clientPairs, grantsText } from '../client-description.ts'
import { type Command, defineCommand, type Invocation } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { pairs, table } from '../output.ts'
import { clientCreateCommand } from './client-create.ts'
import { clientSecretCommands } from './client-secrets.ts'
import { clientUpdateCommand } from './client-update.ts'

const idArgument = {
  name: 'id',
  description: 'client identifier; or --id',
  optional: true,
} as const

const listCommand = defineCommand({
  path: ['client', 'list'],
  summary: 'list the clients',
  settings: ['search', ...administrationSettings],
  examples: ['mintmark client list', 'mintmark client list --search partner --json'],
  async run(invocation) {
    const search = invocation.settings.value('search')
    const clients = await withAdministration(invocation, ({ registry }) =>
      everyClient(registry, search),
    )
    const rows = clients.map((client) => [
      client.id,
      client.disabled ? 'disabled' : 'enabled',
      String(client.secrets.length),
      grantsText(client),
    ])
    await invocation.output.answer(
      rows.length === 0
        ? ['no client is registered']
        : table(['CLIENT', 'STATE', 'SECRETS', 'MAY BE GRANTED'], rows),
      { clients: clients.map(clientDocument) },
    )
    return exitCode.done
  },
})

const showCommand = defineCommand({
  path: ['client', 'show'],
  summary: 'show a client: what it may be granted, and the names of its secrets',
  argument: idArgument,
  settings: ['id', ...administrationSettings],
  examples: ['mintmark client show partner-a', 'mintmark client show partner-a --json'],
  async run(invocation) {
    const id = clientIdOf(invocation)
    const client = await withAdministration(invocation, ({ registry }) => registry.client(id))
    if (client === undefined) {
      throw failure(
        'client_unknown',
        `client "${id}" is not registered; "mintmark client list" shows those that are`,
      )
    }
    await invocation.output.answer(
      [`client ${client.id}`, ...pairs(clientPairs(client))],
      clientDocument(client),
    )
    return exitCode.done
  },
})

const disableCommand = switchCommand('disable', 'refuse a client tokens from now on', true)
const enableCommand = switchCommand('enable', 'let a disabled client have tokens again', false)

const deleteCommand = defineCommand({
  path: ['client', 'delete'],
  summary: 'delete a client and its secrets for good; its id may be registered again',
  argument: idArgument,
  settings: ['id', 'ifVersion', ...administrationSettings],
  examples: ['mintmark client delete partner-a'],
  async run(invocation) {
    const id = clientIdOf(invocation)
    const ifVersion = invocation.settings.value('ifVersion')
    const client = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.deleteClient(id, { ifVersion })),
    )
    await invocation.output.answer([`client ${client.id} deleted`], {
      client_id: client.id,
      deleted: true,
    })
    return exitCode.done
  },
})

/** All of `mintmark client`. */
export const clientCommands: readonly Command[] = [
  clientCreateCommand,
  clientUpdateCommand,
  listCommand,
  showCommand,
  disableCommand,
  enableCommand,
  deleteCommand,
  ...clientSecretCommands,
]

/** Page after page. */
async function everyClient(
  registry: RegistryOperations,
  search: string | undefined,
): Promise<readonly Client[]> {
  const all: Client[] = []
  for (;;) {
    const page = await registry.clients({ after: all.at(-1)?.id, search, limit: PAGE_SIZE })
    all.push(...page)
    if (page.length < PAGE_SIZE) return all
  }
}

const PAGE_SIZE = 1_000

function switchCommand(verb: string, summary: string, disabled: boolean): Command {
  return defineCommand({
    path: ['client', verb],
    summary,
    argument: idArgument,
    settings: ['id', ...administrationSettings],
    examples: [`mintmark client ${verb} partner-a`],
    async run(invocation) {
      const id = clientIdOf(invocation)
      const client = await withAdministration(invocation, async ({ registry, changed }) =>
        changed(await registry.setClientDisabled(id, disabled)),
      )
      await invocation.output.answer([`client ${client.id} ${verb}d`], clientDocument(client))
      return exitCode.done
    },
  })
}

function clientIdOf({ argument, settings }: Invocation<'id'>): string {
  return argument ?? settings.required('id')
}
