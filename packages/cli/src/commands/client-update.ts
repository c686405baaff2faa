/** `mintmark client update`: changes what is registered of a client; what no flag names stays as it is. */
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { clientDocument, clientPairs } from '../client-description.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { pairs } from '../output.ts'
import {
  clientSettingNames,
  givenClientSettings,
  onlyGiven,
  resetOf,
  resettableOfClient,
  unlessEmpty,
} from '../registration.ts'

/** Updates a client. */
export const clientUpdateCommand = defineCommand({
  path: ['client', 'update'],
  summary: 'change a client; what no flag names stays as it is',
  argument: { name: 'id', description: 'client identifier; or --id', optional: true },
  settings: [
    ...['id', 'scope', 'resource', 'serves', 'authMethod', 'defaultScope'],
    ...[...clientSettingNames, 'reset', 'ifVersion', ...administrationSettings],
  ] as const,
  examples: [
    'mintmark client update partner-a --scope "orders:read orders:write"',
    'mintmark client update partner-a --quota daily=10000/86400 --shadow quotas',
    'mintmark client update partner-a --reset lifetime-max --reset address',
    'mintmark client update partner-a --scope orders:read --if-version 0123456789abcdefghijkl',
  ],
  async run(invocation) {
    const { settings, output } = invocation
    const id = invocation.argument ?? settings.required('id')
    const reset = resetOf(settings.value('reset'), resettableOfClient)
    const given = onlyGiven({
      scope: settings.value('scope'),
      resources: unlessEmpty(settings.value('resource')),
      defaultScope: settings.value('defaultScope'),
      authenticationMethods: unlessEmpty(settings.value('authMethod')),
      servesResources: unlessEmpty(settings.value('serves')),
    })
    const patch = {
      ...{ ...reset.members, ...given },
      settings: { ...reset.settings, ...onlyGiven(await givenClientSettings(invocation)) },
    }
    const client = await withAdministration(invocation, async ({ registry, changed }) =>
      changed(await registry.updateClient(id, patch, { ifVersion: settings.value('ifVersion') })),
    )
    await output.answer(
      [`client ${client.id} updated`, ...pairs(clientPairs(client))],
      clientDocument(client),
    )
    return exitCode.done
  },
})
