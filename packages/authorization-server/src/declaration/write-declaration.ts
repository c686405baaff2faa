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

function clientDocument(client: DeclaredClient): object {
  const { settings = {}, secrets, disabled, servesResources = [], ...others } = client
  return {
    ...others,
    disabled: disabled === true ? true : undefined,
    servesResources: servesResources.length === 0 ? undefined : servesResources,
    settings: different(settings, plainClientSettings),
    secrets: secrets?.flatMap(secretDocument),
  }
}

function secretDocument({ label, expiresAt, value }: DeclaredSecret): readonly object[] {
  if (value.kind !== 'exported') return []
  return [{ id: value.secretId, label, expiresAt, sealed: value.sealed }]
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
