/** `mintmark client create`: registers a client and shows the secret made for it, once. */
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { clientDocument, clientPairs } from '../client-description.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { readSecret } from '../credentials.ts'
import { exitCode } from '../exit-code.ts'
import { pairs } from '../output.ts'
import { clientSettingNames, givenClientSettings, onlyGiven } from '../registration.ts'

const names = [
  'id',
  'scope',
  'resource',
  'serves',
  'authMethod',
  'defaultScope',
  'secretFile',
  ...clientSettingNames,
  ...administrationSettings,
] as const

/** Registers a client. The secret made for it is in this answer and nowhere else. */
export const clientCreateCommand = defineCommand({
  path: ['client', 'create'],
  summary: 'register a client; its secret is shown this once',
  settings: names,
  examples: [
    'mintmark client create --id partner-a --scope "applications:write decisions:read"',
    'mintmark client create --id partner-b --scope orders:read --secret-file ./partner-b.secret',
    'mintmark client create --id partner-c --scope orders:read --auth-method private_key_jwt --jwks partner-c.jwks',
    'mintmark client create --id orders-api --serves https://orders.example --json',
  ],
  async run(invocation) {
    const { output } = invocation
    const draft = await clientDraft(invocation)
    const { client, clientSecret, secretId } = await withAdministration(
      invocation,
      async ({ registry, changed }) => changed(await registry.createClient(draft)),
    )
    // A secret that was brought along is known already; only one made here is shown.
    const shown = draft.clientSecret === undefined ? clientSecret?.reveal() : undefined
    await output.answer(
      [
        `client ${client.id} created`,
        ...pairs([['  client secret', shown], ...clientPairs(client)]),
      ],
      {
        client_id: client.id,
        ...(shown !== undefined && { client_secret: shown }),
        secret_id: secretId,
        ...clientDocument(client),
      },
    )
    if (shown !== undefined) output.notice('the client secret is not shown again; keep it now')
    return exitCode.done
  },
})

async function clientDraft(invocation: Invocation<(typeof names)[number]>) {
  const { settings, edge } = invocation
  const serves = settings.value('serves')
  const authMethods = settings.value('authMethod')
  const secretFile = settings.value('secretFile')
  return {
    id: settings.required('id'),
    // A resource server that only introspects needs no scope of its own.
    scope: serves.length > 0 ? (settings.value('scope') ?? '') : settings.required('scope'),
    resources: settings.value('resource'),
    defaultScope: settings.value('defaultScope'),
    servesResources: serves,
    authenticationMethods: authMethods.length > 0 ? authMethods : undefined,
    clientSecret: secretFile === undefined ? undefined : await readSecret(secretFile, edge),
    settings: onlyGiven(await givenClientSettings(invocation)),
  }
}
