/** `mintmark resource create|list`: the resource servers, which own scopes and audiences. */
import type { Resource } from '@mintmark/authorization-server'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { type Command, defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { pairs, table } from '../output.ts'

const createCommand = defineCommand({
  path: ['resource', 'create'],
  summary: 'register a resource server with the scopes it owns',
  settings: ['id', 'scope', 'ttl', 'tokenFormat', 'alg', ...administrationSettings],
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

/** All of `mintmark resource`. */
export const resourceCommands: readonly Command[] = [createCommand, listCommand]

function resourcePairs(resource: Resource): [string, string][] {
  return [
    ['  scope', resource.scopes.text],
    ['  lifetime', lifetimeText(resource)],
    ['  tokens', `${resource.tokenFormat}, signed with ${resource.algorithm}`],
  ]
}

function lifetimeText({ lifetimeSeconds }: Resource): string {
  return lifetimeSeconds === undefined ? "the server's default" : `${lifetimeSeconds} s`
}

/**
 * A resource in the words of the command line: `ttl` in seconds or `null` for the server's default.
 */
function resourceDocument(resource: Resource): object {
  return {
    id: resource.id,
    scope: resource.scopes.text,
    ttl: resource.lifetimeSeconds ?? null,
    token_format: resource.tokenFormat,
    alg: resource.algorithm,
    created_at: resource.createdAt,
  }
}
