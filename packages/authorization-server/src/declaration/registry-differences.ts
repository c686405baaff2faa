/** Which members of a resource or a client differ, in the words of the documents. */
import { type ClientSettings, plainClientSettings } from '../registry/client-settings.ts'
import { plainResourceSettings, type Resource } from '../registry/resource.ts'
import type { ClientWithoutSecrets } from '../storage/stored-change.ts'
import { snakeCase } from './member-names.ts'

/** The names of members in which two states of one resource differ. */
export function resourceDifferences(before: Resource, after: Resource): readonly string[] {
  const members = ['scopes', 'lifetimeSeconds', 'tokenFormat', 'algorithm'] as const
  return [
    ...members.filter((name) => isDifferent(before[name], after[name])),
    ...settingDifferences(before.settings, after.settings, plainResourceSettings),
  ].map(snakeCase)
}

/** The names of members in which two states of one client differ. The order of lists of names says nothing. */
export function clientDifferences(
  before: ClientWithoutSecrets & { readonly settings: ClientSettings },
  after: ClientWithoutSecrets,
): readonly string[] {
  const details: string[] = []
  if (before.disabled !== after.disabled) details.push('disabled')
  if (isDifferent(grantTexts(before), grantTexts(after))) details.push('grants')
  const lists = ['authenticationMethods', 'servesResources'] as const
  details.push(
    ...lists.filter((name) => isDifferent(before[name].toSorted(), after[name].toSorted())),
  )
  const settings = after.settings ?? plainClientSettings
  details.push(...settingDifferences(before.settings, settings, plainClientSettings))
  return details.map(snakeCase)
}

function grantTexts({ grants }: ClientWithoutSecrets): readonly string[] {
  const texts = grants.map(({ resource, scopes, defaultScopes }) =>
    JSON.stringify([resource, scopes, defaultScopes]),
  )
  return texts.sort()
}

function settingDifferences<Settings extends object>(
  before: Settings,
  after: Settings,
  plain: Settings,
): readonly string[] {
  const names = Object.keys(plain) as (keyof Settings & string)[]
  return names
    .filter((name) => isDifferent(before[name], after[name]))
    .map((name) => `settings.${name}`)
}

function isDifferent(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other)
}
