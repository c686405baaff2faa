/** Makes of a command's settings what is registered: all of it for a new client or resource, changes to others. */
import { resolve } from 'node:path'
import type {
  ClientPatch,
  ClientSettings,
  ResourcePatch,
  ResourceSettings,
} from '@mintmark/authorization-server'
import { readBoundedFile } from './bounded-file.ts'
import type { Invocation } from './command.ts'
import { failure, usageFailure } from './command-failure.ts'
import { describeFileError } from './file-error.ts'
import { registeredKeysBytesMax } from './limits.ts'

/** The settings of a client beside its ceiling. */
export const clientSettingNames = [
  ...[
    'label',
    'defaultResource',
    'lifetimeMax',
    'scopeMax',
    'address',
    'quota',
    'senderConstraint',
  ],
  ...['detailsType', 'exchangesTokens', 'shadow', 'jwks', 'jwksUri', 'assertionAudience'],
  ...['federatedIdentity', 'certificate'],
] as const

/** The settings of a resource beside its scopes. */
export const resourceSettingNames = [
  ...['label', 'senderConstraint', 'detailsType', 'detailsMembers'],
] as const

type Given<Settings> = { readonly [Name in keyof Settings]?: Settings[Name] | undefined }

/** The client settings that were given. An empty list counts as not given. */
export async function givenClientSettings(
  invocation: Invocation<(typeof clientSettingNames)[number]>,
): Promise<Given<ClientSettings>> {
  const { settings } = invocation
  return {
    label: settings.value('label'),
    defaultResource: settings.value('defaultResource'),
    lifetimeSecondsMax: settings.value('lifetimeMax'),
    scopeMax: settings.value('scopeMax'),
    addresses: unlessEmpty(settings.value('address')),
    quotas: unlessEmpty(settings.value('quota')),
    senderConstraint: settings.value('senderConstraint'),
    authorizationDetailsTypes: unlessEmpty(settings.value('detailsType')),
    exchangesTokens: settings.value('exchangesTokens'),
    shadowed: unlessEmpty(settings.value('shadow')),
    keys: await givenKeys(invocation),
    assertionAudience: settings.value('assertionAudience'),
    federatedIdentities: unlessEmpty(settings.value('federatedIdentity')),
    certificate: settings.value('certificate'),
  }
}

/** The resource settings that were given. */
export function givenResourceSettings({
  settings,
}: Invocation<(typeof resourceSettingNames)[number]>): Given<ResourceSettings> {
  const members = unlessEmpty(settings.value('detailsMembers'))
  return {
    label: settings.value('label'),
    senderConstraint: settings.value('senderConstraint'),
    authorizationDetailsTypes: unlessEmpty(settings.value('detailsType')),
    authorizationDetailsMembers: members && Object.fromEntries(members),
  }
}

type Present<Members> = { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> }

/** Without the members that are `undefined`: what was not given is for the registry to complete. */
export function onlyGiven<Members extends object>(members: Members): Present<Members> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Present<Members>
}

/** A list, unless nothing is in it. */
export function unlessEmpty<Entry>(list: readonly Entry[]): readonly Entry[] | undefined {
  return list.length === 0 ? undefined : list
}

async function givenKeys({
  settings,
  edge,
}: Invocation<'jwks' | 'jwksUri'>): Promise<ClientSettings['keys']> {
  const [file, jwksUri] = [settings.value('jwks'), settings.value('jwksUri')]
  if (file !== undefined && jwksUri !== undefined) {
    throw usageFailure('setting_malformed', '--jwks and --jwks-uri exclude each other')
  }
  if (jwksUri !== undefined) return { kind: 'jwks_uri', jwksUri }
  if (file === undefined) return undefined
  const jwks = await readKeys(resolve(edge.workingFolder, file), file)
  return { kind: 'jwks', jwks }
}

async function readKeys(path: string, shown: string): Promise<string> {
  let bytes: Uint8Array | undefined
  try {
    bytes = await readBoundedFile(path, registeredKeysBytesMax)
  } catch (error) {
    throw failure('keys_unreadable', `the key file ${shown} ${describeFileError(error).text}`)
  }
  if (bytes !== undefined) return new TextDecoder().decode(bytes)
  throw failure(
    'keys_unreadable',
    `the key file ${shown} is longer than ${registeredKeysBytesMax} bytes`,
  )
}

/** What `--reset` names, as members of a patch. */
export interface Reset<Members, Settings> {
  readonly members: { readonly [Name in keyof Members]?: null }
  readonly settings: { readonly [Name in keyof Settings]?: null }
}

/** Which member a flag stands for: one of the whole, or one of its settings. */
type ResettableFlags<Members, Settings> = Readonly<
  Record<string, { readonly member: keyof Members } | { readonly setting: keyof Settings }>
>

/** The flags of a client that can be reset. */
export const resettableOfClient: ResettableFlags<
  Pick<ClientPatch, 'defaultScope' | 'authenticationMethods' | 'servesResources'>,
  ClientSettings
> = {
  'default-scope': { member: 'defaultScope' },
  'auth-method': { member: 'authenticationMethods' },
  serves: { member: 'servesResources' },
  label: { setting: 'label' },
  'default-resource': { setting: 'defaultResource' },
  'lifetime-max': { setting: 'lifetimeSecondsMax' },
  'scope-max': { setting: 'scopeMax' },
  address: { setting: 'addresses' },
  quota: { setting: 'quotas' },
  'sender-constraint': { setting: 'senderConstraint' },
  'details-type': { setting: 'authorizationDetailsTypes' },
  'exchanges-tokens': { setting: 'exchangesTokens' },
  shadow: { setting: 'shadowed' },
  jwks: { setting: 'keys' },
  'jwks-uri': { setting: 'keys' },
  'assertion-audience': { setting: 'assertionAudience' },
  'federated-identity': { setting: 'federatedIdentities' },
  certificate: { setting: 'certificate' },
}

/** The flags of a resource that can be reset. */
export const resettableOfResource: ResettableFlags<
  Pick<ResourcePatch, 'lifetimeSeconds' | 'tokenFormat' | 'algorithm'>,
  ResourceSettings
> = {
  ttl: { member: 'lifetimeSeconds' },
  'token-format': { member: 'tokenFormat' },
  alg: { member: 'algorithm' },
  label: { setting: 'label' },
  'sender-constraint': { setting: 'senderConstraint' },
  'details-type': { setting: 'authorizationDetailsTypes' },
  'details-members': { setting: 'authorizationDetailsMembers' },
}

/** @throws CommandFailure `setting_malformed` (usage) for a flag that cannot be reset. */
export function resetOf<Members, Settings>(
  flags: readonly string[],
  known: ResettableFlags<Members, Settings>,
): Reset<Members, Settings> {
  const members: [PropertyKey, null][] = []
  const settings: [PropertyKey, null][] = []
  for (const flag of flags) {
    const target = Object.hasOwn(known, flag) ? known[flag] : undefined
    if (target === undefined) {
      const names = Object.keys(known).join(', ')
      throw usageFailure('setting_malformed', `--reset must be one of ${names}`)
    }
    if ('member' in target) members.push([target.member, null])
    else settings.push([target.setting, null])
  }
  return {
    members: Object.fromEntries(members) as Reset<Members, Settings>['members'],
    settings: Object.fromEntries(settings) as Reset<Members, Settings>['settings'],
  }
}
