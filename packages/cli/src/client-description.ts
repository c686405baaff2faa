/**
 * A registered client in words and as a JSON document. Secrets appear by their public names only.
 */
import type { Client } from '@mintmark/authorization-server'
import { settingsDocument, settingsPairs } from './settings-document.ts'

/** What the client may be granted, resource by resource, on one line. */
export function grantsText({ grants }: Client): string {
  return (
    grants.map(({ resource, scopes }) => `${resource} (${scopes.text})`).join(', ') || 'nothing'
  )
}

/** The client's properties for `pairs`, one secret a line. */
export function clientPairs(client: Client): [string, string | undefined][] {
  return [
    ['  state', client.disabled ? 'disabled' : 'enabled'],
    ...client.grants.map(({ resource, scopes, defaultScopes }): [string, string] => [
      `  at ${resource}`,
      defaultScopes === undefined
        ? scopes.text || 'no scope'
        : `${scopes.text}, by default ${defaultScopes.text || 'nothing'}`,
    ]),
    ['  authenticates by', client.authenticationMethods.join(' or ')],
    ['  serves', client.servesResources.join(', ') || undefined],
    ...settingsPairs(client.settings),
    ...client.secrets.map(({ id, createdAt, expiresAt }): [string, string] => [
      `  secret ${id}`,
      `made ${createdAt}${expiresAt === undefined ? '' : `, expires ${expiresAt}`}`,
    ]),
    ['  version', client.version],
  ]
}

/** The client as `--json` shows it. */
export function clientDocument(client: Client): Readonly<Record<string, unknown>> {
  return {
    client_id: client.id,
    disabled: client.disabled,
    authentication_methods: client.authenticationMethods,
    grants: client.grants.map(({ resource, scopes, defaultScopes }) => ({
      ...{ resource, scope: scopes.text },
      ...(defaultScopes !== undefined && { default_scope: defaultScopes.text }),
    })),
    secrets: client.secrets.map(({ id, createdAt, expiresAt }) => ({
      id,
      created_at: createdAt,
      expires_at: expiresAt ?? null,
    })),
    serves: client.servesResources,
    settings: settingsDocument(client.settings),
    created_at: client.createdAt,
    version: client.version,
  }
}
