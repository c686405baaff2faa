/** A declared registry as a JSON document: names in snake_case, and nothing that is as it is by default. */
import { plainClientSettings } from '../registry/client-settings.ts'
import { plainResourceSettings } from '../registry/resource.ts'
import type { DeclaredClient, DeclaredRegistry, DeclaredSecret } from './declared-registry.ts'
import { snakeCase, withMemberNames } from './member-names.ts'

/** The version of the format, which every document names. */
export const DECLARATION_VERSION = 1

/** The document of an exported registry. Fit for JSON and YAML; a plain secret or a hash has no place in it. */
export function writeDeclaration({ resources, clients }: DeclaredRegistry): object {
  const document = {
    mintmarkRegistry: DECLARATION_VERSION,
    resources: resources.map(({ settings = {}, ...resource }) => ({
      ...resource,
      settings: different(settings, plainResourceSettings),
    })),
    clients: clients.map(clientDocument),
  }
  return withMemberNames(document, snakeCase) as object
}

/**
 * The same as a message to an admin API: with everything that is said, defaults included, and with secrets as they are,
 * because there is no other way for them. Not for files.
 */
export function declarationMessage({ resources, clients }: DeclaredRegistry): object {
  const message = {
    mintmarkRegistry: DECLARATION_VERSION,
    resources,
    clients: clients.map(({ secrets, ...client }) => ({
      ...client,
      secrets: secrets?.map(secretMessage),
    })),
  }
  return withMemberNames(message, snakeCase) as object
}

function secretMessage({ label, expiresAt, value }: DeclaredSecret): object {
  const about = { label, expiresAt }
  switch (value.kind) {
    case 'plain':
      return { ...about, clientSecret: value.secret.reveal() }
    case 'hash':
      return { ...about, hash: value.hash }
    case 'exported':
      return { ...about, id: value.secretId, sealed: value.sealed }
  }
}

function clientDocument(client: DeclaredClient): object {
  const { settings = {}, secrets, disabled, servesResources = [], ...others } = client
  return {
    ...others,
    disabled: disabled === true ? true : undefined,
    servesResources: servesResources.length === 0 ? undefined : servesResources,
    settings: different(settings, plainClientSettings),
    secrets: secrets?.filter(({ value }) => value.kind === 'exported').map(secretMessage),
  }
}

/** The members that differ from `plain`; `undefined` when none does. */
function different<Settings extends object>(
  settings: Partial<Settings>,
  plain: Settings,
): object | undefined {
  const members = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(plain[name as keyof Settings]),
  )
  return members.length === 0 ? undefined : Object.fromEntries(members)
}
