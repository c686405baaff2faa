/**
 * The options of {@link createRemoteJwkSet}: the one place of this package where a default is
 * applied.
 */
import { isConfidentialUrl } from '@mintmark/protocol'
import {
  type Clock,
  guarded,
  type Observer,
  type RandomSource,
  silent,
  systemClock,
  systemRandom,
  systemTransport,
  type Transport,
} from '@mintmark/runtime'
import { platformEngine } from './engines/platform-engine.ts'
import type { JwkSetEvent } from './jwk-set-event.ts'
import {
  jwkSetDeadlineMsDefault,
  jwkSetDeadlineMsMax,
  jwkSetLifetimeSecondsDefault,
  jwkSetLifetimeSecondsMax,
  jwkSetLifetimeSecondsMin,
  jwkSetStaleSecondsDefault,
  jwkSetStaleSecondsMax,
} from './limits.ts'
import type { SignatureEngine } from './signature-engine.ts'

/** What a remote key set can be told. */
export interface RemoteJwkSetOptions {
  /** Where the set is published: `https`, or `http` to this machine itself. */
  readonly url: string | URL
  /** Lifetime of a set whose answer states none, in seconds: 30 to 3600, default 300. */
  readonly lifetimeSeconds?: number
  /**
   * How long past its lifetime a set stays in use while no newer one can be had, in seconds: 0 to
   * 86400, default 3600.
   */
  readonly staleSecondsMax?: number
  /** Time for one fetch, in milliseconds: 1 to 60000, default 5000. */
  readonly deadlineMs?: number
  /** Default: the platform's best. */
  readonly engine?: SignatureEngine
  readonly clock?: Clock
  readonly random?: RandomSource
  readonly transport?: Transport
  readonly observer?: Observer<JwkSetEvent>
}

/** The same with every default applied. */
export interface ResolvedRemoteJwkSetOptions {
  readonly url: URL
  readonly lifetimeSeconds: number
  readonly staleSecondsMax: number
  readonly deadlineMs: number
  readonly engine: SignatureEngine
  readonly clock: Clock
  readonly random: RandomSource
  readonly transport: Transport
  readonly observer: Observer<JwkSetEvent>
}

const optionNames: ReadonlySet<string> = new Set<keyof RemoteJwkSetOptions>([
  'url',
  'lifetimeSeconds',
  'staleSecondsMax',
  'deadlineMs',
  'engine',
  'clock',
  'random',
  'transport',
  'observer',
])

/**
 * Applies the defaults.
 *
 * Throws a `TypeError` for an option that does not exist or is not a URL, and a `RangeError` for a
 * URL that is neither `https` nor on this machine, or a number outside its range.
 */
export function resolveOptions(options: RemoteJwkSetOptions): ResolvedRemoteJwkSetOptions {
  const unknown = Object.keys(options).find((name) => !optionNames.has(name))
  if (unknown !== undefined) throw new TypeError(`There is no option ${unknown}`)
  const { lifetimeSeconds, staleSecondsMax, deadlineMs } = options
  return {
    url: confidentialUrl(options.url),
    lifetimeSeconds: numberBetween(
      'lifetimeSeconds',
      lifetimeSeconds ?? jwkSetLifetimeSecondsDefault,
      jwkSetLifetimeSecondsMin,
      jwkSetLifetimeSecondsMax,
    ),
    staleSecondsMax: numberBetween(
      'staleSecondsMax',
      staleSecondsMax ?? jwkSetStaleSecondsDefault,
      0,
      jwkSetStaleSecondsMax,
    ),
    deadlineMs: numberBetween(
      'deadlineMs',
      deadlineMs ?? jwkSetDeadlineMsDefault,
      1,
      jwkSetDeadlineMsMax,
    ),
    engine: options.engine ?? platformEngine(),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    transport: options.transport ?? systemTransport,
    observer: guarded(options.observer ?? silent),
  }
}

function confidentialUrl(url: string | URL): URL {
  if (!URL.canParse(url)) throw new TypeError('The option url has to be an absolute URL')
  const parsed = new URL(url)
  if (!isConfidentialUrl(parsed)) {
    throw new RangeError('The option url has to be https, or http to this machine itself')
  }
  return parsed
}

function numberBetween(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new RangeError(`The option ${name} has to be a number from ${least} to ${most}`)
}
