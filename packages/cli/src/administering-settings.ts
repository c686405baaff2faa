/** The settings of commands that change or exchange what is registered: which secret, how, and how thoroughly. */
import type { ImportSource } from '@mintmark/authorization-server'
import { optional, withDefault } from './setting.ts'
import { choice, listOf, path, text, toggle } from './setting-kind.ts'
import { grant } from './structured-setting.ts'

const importSources = [
  'hydra',
  'keycloak',
  'auth0',
  'oidc-provider',
  'json',
  'csv',
] as const satisfies ImportSource[]
/** By name. */
export const administeringSettings = {
  secretEnvironment: withDefault(
    choice('<name>', ['live', 'test']),
    'what the client secrets made here are for; part of their text',
    'live',
  ),
  registration: optional(
    choice('<access>', ['initial_access_token', 'open']),
    'let clients register themselves (RFC 7591): with a token for it, or everybody',
  ),
  registrationGrant: withDefault(
    listOf(grant, 'lines'),
    'the most that such a client can have at a resource; repeatable',
    [],
  ),
  secretId: optional(text('<name>'), 'public name of a secret, as "client secrets" lists it'),
  expiresAt: optional(text('<instant>'), 'until when, such as 2027-01-31T00:00:00Z'),
  force: withDefault(toggle, 'do it although somebody may still need it', false),
  ifVersion: optional(
    text('<version>'),
    'only while it has this version, which "show" tells; otherwise nothing is changed',
  ),
  cascade: withDefault(toggle, 'take what goes from clients, too', false),
  search: optional(text('<text>'), 'only those with this in their id or label'),
  from: optional(choice('<program>', importSources), 'whose export it is'),
  file: optional(
    path('<file>', 'standard input'),
    'declaration of the registry, - for standard input',
  ),
  plan: withDefault(toggle, 'tell what would be done, and change nothing', false),
  prune: withDefault(toggle, 'delete what is not declared', false),
  withSecrets: withDefault(toggle, 'with what restores secrets under the same master key', false),
}
