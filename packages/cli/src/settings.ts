/**
 * Every setting of every command, once. The key of an entry is also its key in
 * `mintmark.config.json`; the long flag (`--admin-port`) and the environment variable
 * (`MINTMARK_ADMIN_PORT`) are derived from it.
 *
 * There is no setting for a secret: command lines are seen by every process and kept by shells, and
 * configuration files get committed. `credentials.ts` says where secrets come from.
 */
import type { PresetName } from '@mintmark/client'
import { administeringSettings } from './administering-settings.ts'
import { guardSettings } from './guard-settings.ts'
import { drainSecondsMax, workersMax } from './limits.ts'
import { registrationSettings } from './registration-settings.ts'
import { logLevels } from './serve-log.ts'
import { serverSettingsByName } from './server-settings.ts'
import { optional, type Setting, withDefault } from './setting.ts'
import {
  choice,
  databaseUrl,
  joined,
  listOf,
  numberOrAuto,
  path,
  rate,
  redisUrl,
  text,
  toggle,
  url,
  wholeNumber,
} from './setting-kind.ts'
import { simulationSettings } from './simulation-settings.ts'

const portMax = 65_535
const graceSecondsMax = 604_800
const auditPageSizeMax = 1_000
const presets = [
  'credicorp',
  'myparcel',
  'firsty',
  'auth0',
  'okta',
  'entra',
  'keycloak',
  'cognito',
] as const satisfies PresetName[]
const standardInput = 'standard input'

/** The settings by name. */
export const settings = {
  config: optional(path('<file>'), 'configuration file instead of ./mintmark.config.json'),
  json: withDefault(toggle, 'one JSON document on standard output', false),

  data: withDefault(path('<folder>'), "the authorization server's data folder", './data'),
  database: optional(
    databaseUrl,
    'PostgreSQL database instead of the one in the data folder; for several nodes',
  ),
  masterKeyFile: optional(
    path('<file>'),
    "file with the master key, for --database; otherwise the data folder's master.key",
  ),
  receiptKeyFile: optional(
    path('<file>'),
    "file with the key of a guard's receipts, in base64url; for receipts of an API",
  ),
  snapshotFile: optional(
    path('<file>'),
    "file that keeps the node going without its --database; otherwise the data folder's snapshot",
  ),
  graceSeconds: withDefault(
    wholeNumber('<seconds>', 0, graceSecondsMax),
    'how long to go on while the database is away',
    86_400,
  ),
  issuer: optional(url, 'issuer identifier of the authorization server'),
  host: withDefault(text('<address>'), 'address to listen on', '127.0.0.1'),
  port: withDefault(wholeNumber('<number>', 0, portMax), 'port; 0 takes a free one', 8080),
  adminPort: optional(
    wholeNumber('<number>', 0, portMax),
    'port for health, metrics and administration',
  ),
  bootstrapFile: optional(
    path('<file>'),
    'file for the credential of the first administrator; otherwise it is shown, once',
  ),
  admin: optional(url, 'admin API to go through instead of the data folder or database'),
  logLevel: optional(
    choice('<level>', logLevels),
    'JSON lines on standard error from this level on; info with --json, otherwise none',
  ),
  dialect: optional(text('<name>'), 'paths and body format of a known system'),
  dpopNonces: withDefault(
    choice('<when>', ['optional', 'required']),
    'whether DPoP proofs (RFC 9449) must have a nonce of the server',
    'optional',
  ),
  limitAddress: optional(rate, 'requests of one address, such as 60/60 (requests/seconds)'),
  limitClient: optional(
    rate,
    'requests of one client, such as 600/60, or 600/60/100 with 100 at once',
  ),
  trustedProxy: withDefault(
    listOf(text('<network>'), 'words'),
    'address or network of a proxy of ours, such as 10.0.0.0/8; repeatable',
    [],
  ),
  forwardedHeader: optional(
    choice('<name>', ['x-forwarded-for', 'forwarded']),
    'header in which those proxies name the client; x-forwarded-for if none is given',
  ),
  redis: optional(
    redisUrl,
    'Redis through which several nodes share limits and used assertions or proofs',
  ),
  whenRedisUnavailable: optional(
    choice('<mode>', ['local', 'allow', 'refuse']),
    'what happens while Redis is away; local, each node for itself, if none is given',
  ),
  tlsCert: optional(path('<file>'), 'certificate chain in PEM, for TLS; followed when it changes'),
  tlsKey: optional(path('<file>'), 'private key in PEM, for --tls-cert'),
  tlsClientCa: optional(
    path('<file>'),
    'authorities in PEM whose certificates clients may present',
  ),

  after: withDefault(
    wholeNumber('<number>', 0, Number.MAX_SAFE_INTEGER),
    'only records with a greater number',
    0,
  ),
  limit: withDefault(wholeNumber('<number>', 1, auditPageSizeMax), 'how many at most', 100),
  checkpoint: optional(
    path('<file>', standardInput),
    'checkpoint that was kept elsewhere, - for standard input',
  ),
  workers: optional(
    numberOrAuto('<number>', 1, workersMax),
    'processes that serve together, under one that replaces those that end; auto: one per core',
  ),
  drainSeconds: withDefault(
    wholeNumber('<seconds>', 0, drainSecondsMax),
    'how long to go on, not ready any more, once asked to stop',
    0,
  ),

  out: optional(path('<file>'), 'file to write'),
  in: optional(path('<file>'), 'file to read'),

  once: withDefault(toggle, 'end after the steps instead of waiting to be stopped', false),

  kid: optional(text('<kid>'), 'key id; for one that looks like a flag'),
  client: optional(text('<id>'), 'identifier of the client that it is about'),
  id: optional(text('<id>'), 'identifier: a URL for a resource, a name for a client'),
  scope: optional(joined('<scope>'), 'scope tokens, separated by spaces; repeatable'),
  immediately: withDefault(
    toggle,
    'let the new key sign at once, before verifiers can have fetched it',
    false,
  ),
  drill: withDefault(toggle, 'practise on a throw-away copy; nothing is changed', false),
  ...simulationSettings,
  ...registrationSettings,
  ...serverSettingsByName,
  ...administeringSettings,
  ...guardSettings,
  secretFile: optional(
    path('<file>', standardInput),
    'file with an existing secret, - for standard input; otherwise one is made',
  ),

  tokenEndpoint: optional(url, 'token endpoint, for servers without metadata'),
  clientId: optional(text('<id>'), 'client identifier'),
  clientSecretFile: optional(
    path('<file>', standardInput),
    'file with the client secret, - for standard input; or set MINTMARK_CLIENT_SECRET',
  ),
  audience: optional(text('<audience>'), 'audience of the token'),
  preset: optional(choice('<name>', presets), 'request format of a known system'),

  method: optional(text('<verb>'), 'request method; GET, or POST with a body', 'X'),
  body: optional(text('<body>'), 'request body, or @file', 'd'),
  header: withDefault(
    listOf(text('<name: value>'), 'lines'),
    'request header; repeatable',
    [],
    'H',
  ),
  include: withDefault(toggle, 'show the status and the headers of the response too', false, 'i'),
} satisfies Record<string, Setting<unknown>>

/** The name of a setting, which is its key in the configuration file. */
export type SettingName = keyof typeof settings

/** What a setting is resolved to: `undefined` is possible only where there is no default. */
export type SettingValue<Name extends SettingName> =
  (typeof settings)[Name] extends Setting<infer Value, infer Default> ? Value | Default : never

/** `adminPort` as a flag: `--admin-port`. */
export function flagOf(name: SettingName): string {
  return `--${hyphenated(name)}`
}

/** `adminPort` as an environment variable: `MINTMARK_ADMIN_PORT`. */
export function variableOf(name: SettingName): string {
  return `MINTMARK_${hyphenated(name).replaceAll('-', '_').toUpperCase()}`
}

function hyphenated(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
