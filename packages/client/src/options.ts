/**
 * The options of a token client: which there are, what they may be, and the only place where
 * defaults are applied. Errors name the option and what it may be, never the value that was given.
 */
import { type IssuerIdentifier, parseIssuer } from '@mintmark/protocol'
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
import {
  type AuthenticationOptions,
  resolveAuthentication,
} from './client-authentication/authentication-options.ts'
import type { AuthenticationChoice } from './client-authentication/choose-authentication.ts'
import type { TokenClientEvent } from './events.ts'
import { DEFAULT_WINDOW, type LifetimePolicy, type RenewalWindow } from './lifetime.ts'
import {
  deadlineMsDefault,
  keysMaxDefault,
  keysMaxLimit,
  lifetimeSecondsDefault,
  lifetimeSecondsLimit,
  tokenRequestTimeoutMsDefault,
  waitersMaxDefault,
  waitersMaxLimit,
  waitMsMax,
} from './limits.ts'
import {
  checkNames,
  confidentialUrl,
  functionValue,
  integerWithin,
  numberWithin,
  oneOf,
  originSet,
  portValue,
  textValue,
} from './option-value.ts'
import { type Preset, type PresetName, presets } from './presets.ts'
import { type ResolvedRequest, requestOptionNames, resolveRequest } from './request-options.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import type { TokenStore } from './shared-store/token-store.ts'
import type { TokenRequestOptions } from './token-client.ts'

/** The options of {@link createTokenClient}. */
export interface TokenClientOptions extends AuthenticationOptions, TokenRequestOptions {
  /**
   * The issuer identifier. Its metadata names the token endpoint. Either this or `tokenEndpoint`.
   */
  readonly issuer?: string
  /** The URL of the token endpoint, for servers without metadata. */
  readonly tokenEndpoint?: string
  /**
   * Origins besides the issuer's on which its metadata may place the token endpoint. Default: none.
   */
  readonly tokenEndpointOrigins?: readonly string[]
  readonly clientId: string
  /** Fills in what is known about a named token service. Default: none. */
  readonly preset?: PresetName
  /**
   * When a token is renewed in the background: within a window of its lifetime, or that many
   * seconds before its end. Default: drawn once per token between 0.7 and 0.85 of the lifetime.
   */
  readonly renewal?: RenewalWindow
  /**
   * How long the token endpoint may be down without a caller noticing, in seconds; renews earlier.
   * Default: no demand.
   */
  readonly surviveOutageSeconds?: number
  /**
   * Added to the safety margin of min(30 s, 10 % of the lifetime), in seconds, 0 to 3,600. Default
   * 0.
   */
  readonly clockSkewSeconds?: number
  /** The lifetime of a token whose response gives none, in seconds, from 1. Default 300. */
  readonly lifetimeSecondsAssumed?: number
  /** What to do with a token granted for less than the requested scope. Default `refuse`. */
  readonly narrowedScope?: 'refuse' | 'accept'
  /** How long a caller waits for a token, in milliseconds, 1 to 600,000. Default 10,000. */
  readonly deadlineMs?: number
  /** How long one token request may take, in milliseconds, 1 to 600,000. Default 10,000. */
  readonly tokenRequestTimeoutMs?: number
  /** Callers that may wait at the same time, 1 to 1,000,000. Default 50,000. */
  readonly waitersMax?: number
  /** Tokens kept at the same time, 1 to 10,000. Default 1,000. */
  readonly keysMax?: number
  /**
   * Where this client shares its tokens with other processes; made by `redisTokenStore`. Default: nowhere, each process
   * has tokens of its own.
   */
  readonly store?: TokenStore
  readonly clock?: Clock
  readonly random?: RandomSource
  /**
   * What sends requests, both to the token endpoint and for `fetch`. Default: the platform's
   * `fetch`.
   */
  readonly transport?: Transport
  /** Told of every decision but cached tokens served. Its exceptions are dropped. */
  readonly observer?: Observer<TokenClientEvent>
}

/** Where token requests go. */
export type ResolvedEndpoint =
  | { readonly kind: 'explicit'; readonly url: string }
  | {
      readonly kind: 'discovered'
      readonly issuer: IssuerIdentifier
      readonly tokenEndpointOrigins: ReadonlySet<string>
    }

/** The options of a client with every default applied and every value checked. */
export interface ResolvedClientOptions {
  readonly endpoint: ResolvedEndpoint
  readonly clientId: string
  readonly authentication: AuthenticationChoice
  readonly request: ResolvedRequest
  readonly lifetimePolicy: LifetimePolicy
  readonly lifetimeSecondsAssumed: number
  readonly acceptsNarrowedScope: boolean
  readonly deadlineMs: number
  readonly tokenRequestTimeoutMs: number
  readonly waitersMax: number
  readonly keysMax: number
  readonly binding: SenderBinding | undefined
  readonly store: TokenStore | undefined
  readonly clock: Clock
  readonly random: RandomSource
  readonly transport: Transport
  readonly observer: Observer<TokenClientEvent>
}

const optionNames = [
  ...requestOptionNames,
  'issuer',
  'tokenEndpoint',
  'tokenEndpointOrigins',
  'clientId',
  'clientSecret',
  'clientAuthentication',
  'preset',
  'renewal',
  'surviveOutageSeconds',
  'clockSkewSeconds',
  'lifetimeSecondsAssumed',
  'narrowedScope',
  'deadlineMs',
  'tokenRequestTimeoutMs',
  'waitersMax',
  'keysMax',
  'store',
  'clock',
  'random',
  'transport',
  'observer',
] as const satisfies readonly (keyof TokenClientOptions)[]

/**
 * Checks `options` and applies the defaults. An optional member that is `undefined` counts as
 * absent.
 *
 * Throws `TypeError` for an unknown, missing, contradictory or malformed option, and `RangeError`
 * for a number out of range or an extra parameter with a name that is taken.
 */
export function resolveOptions(options: TokenClientOptions): ResolvedClientOptions {
  checkNames(options, optionNames)
  const preset = resolvePreset(options.preset)
  const scope = options.scope ?? preset?.scope
  const clientId = textValue('clientId', options.clientId)
  return Object.freeze({
    endpoint: resolveEndpoint(options, preset),
    clientId,
    authentication: resolveAuthentication(options, clientId, preset?.authentication),
    request: resolveRequest(scope === undefined ? options : { ...options, scope }, undefined),
    ...resolveLifetimes(options),
    ...resolveWaiting(options),
    binding: undefined,
    store: options.store === undefined ? undefined : portValue('store', options.store, ['join']),
    ...resolvePorts(options),
  })
}

function resolvePreset(name: PresetName | undefined): Preset | undefined {
  if (name === undefined) return undefined
  return presets[oneOf('preset', name, Object.keys(presets) as PresetName[])]
}

function resolveEndpoint(
  { issuer, tokenEndpoint, tokenEndpointOrigins }: TokenClientOptions,
  preset: Preset | undefined,
): ResolvedEndpoint {
  if ((issuer === undefined) === (tokenEndpoint === undefined)) {
    throw new TypeError('expected either issuer or tokenEndpoint')
  }
  if (tokenEndpoint !== undefined) {
    if (tokenEndpointOrigins !== undefined) {
      throw new TypeError('tokenEndpointOrigins: expected only together with issuer')
    }
    return { kind: 'explicit', url: confidentialUrl('tokenEndpoint', tokenEndpoint) }
  }
  const parsed = parseIssuer(textValue('issuer', issuer))
  if (!parsed.ok) {
    throw new TypeError('issuer: expected an https URL without query, fragment and user name')
  }
  if (preset?.tokenEndpointPath !== undefined) {
    return { kind: 'explicit', url: parsed.value.replace(/\/$/, '') + preset.tokenEndpointPath }
  }
  return {
    kind: 'discovered',
    issuer: parsed.value,
    tokenEndpointOrigins: originSet('tokenEndpointOrigins', tokenEndpointOrigins ?? []),
  }
}

function resolveLifetimes(options: TokenClientOptions) {
  const { surviveOutageSeconds } = options
  const narrowedScope = options.narrowedScope ?? 'refuse'
  return {
    lifetimePolicy: {
      renewal: resolveRenewal(options.renewal ?? DEFAULT_WINDOW),
      surviveOutageSeconds:
        surviveOutageSeconds === undefined
          ? undefined
          : numberWithin('surviveOutageSeconds', surviveOutageSeconds, 0, lifetimeSecondsLimit),
      clockSkewSeconds: numberWithin('clockSkewSeconds', options.clockSkewSeconds ?? 0, 0, 3600),
    },
    lifetimeSecondsAssumed: integerWithin(
      'lifetimeSecondsAssumed',
      options.lifetimeSecondsAssumed ?? lifetimeSecondsDefault,
      1,
      lifetimeSecondsLimit,
    ),
    acceptsNarrowedScope: oneOf('narrowedScope', narrowedScope, ['refuse', 'accept']) === 'accept',
  }
}

function resolveRenewal(renewal: RenewalWindow): RenewalWindow {
  if (typeof renewal === 'object' && renewal !== null && 'secondsBeforeExpiry' in renewal) {
    checkNames(renewal, ['secondsBeforeExpiry'], 'renewal')
    const { secondsBeforeExpiry } = renewal
    numberWithin('renewal.secondsBeforeExpiry', secondsBeforeExpiry, 0, lifetimeSecondsLimit)
    return { secondsBeforeExpiry }
  }
  checkNames(renewal, ['fromShare', 'toShare'], 'renewal')
  const fromShare = numberWithin('renewal.fromShare', renewal.fromShare, 0.1, 1)
  const toShare = numberWithin('renewal.toShare', renewal.toShare, fromShare, 1)
  return { fromShare, toShare }
}

function resolveWaiting(options: TokenClientOptions) {
  const {
    deadlineMs = deadlineMsDefault,
    tokenRequestTimeoutMs = tokenRequestTimeoutMsDefault,
    waitersMax = waitersMaxDefault,
    keysMax = keysMaxDefault,
  } = options
  return {
    deadlineMs: numberWithin('deadlineMs', deadlineMs, 1, waitMsMax),
    tokenRequestTimeoutMs: numberWithin(
      'tokenRequestTimeoutMs',
      tokenRequestTimeoutMs,
      1,
      waitMsMax,
    ),
    waitersMax: integerWithin('waitersMax', waitersMax, 1, waitersMaxLimit),
    keysMax: integerWithin('keysMax', keysMax, 1, keysMaxLimit),
  }
}

function resolvePorts(options: TokenClientOptions) {
  return {
    clock: portValue('clock', options.clock ?? systemClock, ['wallMs', 'monotonicMs', 'schedule']),
    random: portValue('random', options.random ?? systemRandom, ['bytes']),
    transport: functionValue('transport', options.transport ?? systemTransport),
    observer: guarded(functionValue('observer', options.observer ?? silent)),
  }
}
