/** The settings of a server that say with which keys it signs, which certificates it believes, what it remembers. */
import { optional, withDefault } from './setting.ts'
import { choice, listOf, path, single, text, url } from './setting-kind.ts'

/** When signing keys take turns, in days. */
export interface RotationDays {
  readonly every: number
  readonly publishAhead: number
}

const DAYS = /^(\d{1,4})\/(\d{1,4})$/
const daysMax = 3_650

const rotation = single<'manual' | RotationDays>(
  'manual, or days like 90/14 (a new key every 90 days, published 14 days before it signs)',
  '<days/days>',
  (given) => {
    if (given === 'manual') return given
    const [every = 0, publishAhead = 0] = (DAYS.exec(given)?.slice(1) ?? []).map(Number)
    const isOrdered = publishAhead > 0 && publishAhead <= every && every <= daysMax
    return isOrdered ? { every, publishAhead } : undefined
  },
)

/** Spread among all settings. */
export const serverSettingsByName = {
  keyRotation: optional(
    rotation,
    'when signing keys take turns, or manual: by "key rotate" alone; 90/14 if nothing is said',
  ),
  signer: withDefault(
    listOf(path('<module>'), 'lines'),
    'module whose default export signs with a key kept elsewhere (KMS, HSM); repeatable',
    [],
  ),
  replayStore: optional(
    choice('<where>', ['storage', 'redis', 'memory']),
    'where used assertions are remembered; redis with --redis, otherwise storage',
  ),
  whenReplayStoreUnavailable: optional(
    choice('<mode>', ['local', 'refuse']),
    'what happens while that is away; local, each node for itself, if none is given',
  ),
  certificateHeader: optional(
    text('<name>'),
    'header in which --trusted-proxy passes client certificates on, such as Client-Cert (RFC 9440)',
  ),
  certificateEncoding: optional(
    choice('<form>', ['rfc9440', 'escaped-pem']),
    'form of --certificate-header: rfc9440, or escaped-pem as nginx has it; rfc9440 if none is given',
  ),
  mtlsOrigin: optional(
    url,
    'another origin of the server, where clients show a certificate; named in the metadata',
  ),
}
