/** `mintmark resource create|update|list|show|delete`: the resource servers, which own scopes and audiences. */
import type { RegisteredResource, Resource } from '@mintmark/authorization-server'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { type Command, defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { pairs, table } from '../output.ts'
import {
  givenResourceSettings,
  onlyGiven,
  resetOf,
  resettableOfResource,
  resourceSettingNames,
} from '../registration.ts'
import { settingsDocument, settingsPairs } from '../settings-document.ts'

const idArgument = { name: 'id', description: 'its URL; or --id', optional: true } as const

const memberNames = ['id', 'scope', 'ttl', 'tokenFormat', 'alg'] as const

const createCommand = defineCommand({
  path: ['resource', 'create'],
  summary: 'register a resource server with the scopes it owns',
  settings: [...memberNames, ...resourceSettingNames, ...administrationSettings],
  examples: [
    'mintmark resource create --id https://api.example --scope "applications:write decisions:read"',
    'mintmark resource create --id https://orders.example --scope orders:read --ttl 900',
  ],
  async run(invocation) {
    const { settings, output } = invocation
    const draft = {
      id: settings.required('id'),
      scope: settings.required('scope'),
      lifetimeSeconds: settings.value('ttl'),
      tokenFormat: settings.value('tokenFormat'),
      algorithm: settings.value('alg'),
      settings: onlyGiven(givenResourceSettings(invocation)),
    }
    const resource = await withAdministration(
      invocation,
      async ({ registry, changed }) => changed(await registry.createResource(draft)),
      { createsFolder: true },
    )
    await output.answer(
      [`resource ${resource.id} created`, ...pairs(resourcePairs(resource))],
      resourceDocument(resource),
    )
    return exitCode.done
  },
})

const updateCommand = defineCommand({
  path: ['resource', 'update'],
  summary: 'change a resource server; what no flag names stays as it is',
  argument: idArgument,
  settings: [
    ...memberNames,
    ...resourceSettingNames,
    'reset',
    'cascade',
    'ifVersion',
    ...administrationSettings,
  ],
  examples: [
    'mintmark resource update https://orders.example --ttl 300 --sender-constraint dpop',
    'mintmark resource update https://orders.example --reset ttl',
  ],
  async run(invocation) {
    const { settings, output } = invocation
    const id = invocation.argument ?? settings.required('id')
    const reset = resetOf(settings.value('reset'), resettableOfResource)
    const given = onlyGiven({
      scope: settings.value('scope'),
      lifetimeSeconds: settings.value('ttl'),
      tokenFormat: settings.value('tokenFormat'),
      algorithm: settings.value('alg'),
    })
    const patch = {
      ...{ ...reset.members, ...given },
      settings: { ...reset.settings, ...onlyGiven(givenResourceSettings(invocation)) },
    }
    const options = { cascade: settings.value('cascade'), ifVersion: settings.value('ifVersion') }
    const resource = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.updateResource(id, patch, options)),
    )
    await output.answer(
      [`resource ${resource.id} updated`, ...pairs(resourcePairs(resource))],
      resourceDocument(resource),
    )
    return exitCode.done
  },
})

const listCommand = defineCommand({
  path: ['resource', 'list'],
  summary: 'list the resource servers',
  settings: [...administrationSettings],
  examples: ['mintmark resource list', 'mintmark resource list --data /var/lib/mintmark --json'],
  async run(invocation) {
    const resources = await withAdministration(invocation, ({ registry }) => registry.resources())
    const rows = resources.map((resource) => [
      resource.id,
      resource.scopes.text,
      lifetimeText(resource),
      resource.algorithm,
    ])
    await invocation.output.answer(
      rows.length === 0
        ? ['no resource is registered']
        : table(['RESOURCE', 'SCOPE', 'LIFETIME', 'ALGORITHM'], rows),
      { resources: resources.map(resourceDocument) },
    )
    return exitCode.done
  },
})

const showCommand = defineCommand({
  path: ['resource', 'show'],
  summary: 'show a resource server: its scopes and what its tokens are like',
  argument: idArgument,
  settings: ['id', ...administrationSettings],
  examples: ['mintmark resource show https://api.example'],
  async run(invocation) {
    const id = invocation.argument ?? invocation.settings.required('id')
    const resource = await withAdministration(invocation, ({ registry }) => registry.resource(id))
    if (resource === undefined) {
      throw failure(
        'resource_unknown',
        `resource "${id}" is not registered; "mintmark resource list" shows those that are`,
      )
    }
    await invocation.output.answer(
      [`resource ${resource.id}`, ...pairs(resourcePairs(resource))],
      resourceDocument(resource),
    )
    return exitCode.done
  },
})

const deleteCommand = defineCommand({
  path: ['resource', 'delete'],
  summary: 'delete a resource server; with --cascade also from the clients that may use it',
  argument: idArgument,
  settings: ['id', 'cascade', 'ifVersion', ...administrationSettings],
  examples: ['mintmark resource delete https://api.example --cascade'],
  async run(invocation) {
    const { settings, output } = invocation
    const id = invocation.argument ?? settings.required('id')
    const options = { cascade: settings.value('cascade'), ifVersion: settings.value('ifVersion') }
    const resource = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.deleteResource(id, options)),
    )
    await output.answer([`resource ${resource.id} deleted`], { id: resource.id, deleted: true })
    return exitCode.done
  },
})

/** All of `mintmark resource`. */
export const resourceCommands: readonly Command[] = [
  createCommand,
  updateCommand,
  listCommand,
  showCommand,
  deleteCommand,
]

function resourcePairs(resource: RegisteredResource): [string, string][] {
  return [
    ['  scope', resource.scopes.text],
    ['  lifetime', lifetimeText(resource)],
    ['  tokens', `${resource.tokenFormat}, signed with ${resource.algorithm}`],
    ...settingsPairs(resource.settings),
    ['  version', resource.version],
  ]
}

function lifetimeText({ lifetimeSeconds }: Resource): string {
  return lifetimeSeconds === undefined ? "the server's default" : `${lifetimeSeconds} s`
}

/**
 * A resource in the words of the command line: `ttl` in seconds or `null` for the server's default.
 */
function resourceDocument(resource: RegisteredResource): object {
  return {
    id: resource.id,
    scope: resource.scopes.text,
    ttl: resource.lifetimeSeconds ?? null,
    token_format: resource.tokenFormat,
    alg: resource.algorithm,
    settings: settingsDocument(resource.settings),
    created_at: resource.createdAt,
    version: resource.version,
  }
}
