/** The options of the admin port: checked and completed here, once. */
import type {
  AuthorizationServer,
  ClientDiscipline,
  ServerReport,
} from '@mintmark/authorization-server'
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import { staleGraceSecondsDefault } from './limits.ts'

/** What the admin port stands on. */
export interface AdminApiOptions {
  /** The server that is administered. */
  readonly server: AuthorizationServer
  /** Whether the process takes requests. Default: whether `server` is ready. */
  readonly isServing?: () => boolean
  /** What the metrics show. Default: the report of `server`; a node of several processes sums theirs up. */
  readonly report?: () => ServerReport | Promise<ServerReport>
  /** How the clients keep their tokens, the worst first. Default: as `server` says; the same holds. */
  readonly cacheDiscipline?: (
    limit: number,
  ) => readonly ClientDiscipline[] | Promise<readonly ClientDiscipline[]>
  /**
   * For how long the database may be unreadable before this node calls itself not ready, in seconds from 0. Default
   * 3,600.
   */
  readonly staleGraceSeconds?: number
  /** What the status operation calls this program. Default `'unknown'`. */
  readonly version?: string
  readonly clock?: Clock
  readonly random?: RandomSource
}

/** The options with every default applied. */
export type ResolvedOptions = Required<AdminApiOptions>

const known = new Set([
  'server',
  'isServing',
  'report',
  'cacheDiscipline',
  'staleGraceSeconds',
  'version',
  'clock',
  'random',
])

/** Throws TypeError for an option that is unknown, and RangeError for a number out of range. */
export function resolveOptions(options: AdminApiOptions): ResolvedOptions {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new TypeError(`option "${name}" is not known`)
  }
  const { server } = options
  const staleGraceSeconds = options.staleGraceSeconds ?? staleGraceSecondsDefault
  if (!(staleGraceSeconds >= 0)) throw new RangeError('staleGraceSeconds: expected 0 or more')
  return {
    server,
    isServing: options.isServing ?? (() => server.ready()),
    report: options.report ?? (() => server.report()),
    cacheDiscipline: options.cacheDiscipline ?? ((limit) => server.cacheDiscipline(limit)),
    staleGraceSeconds,
    version: options.version ?? 'unknown',
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}
