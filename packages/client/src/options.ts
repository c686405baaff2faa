/**
 * The options of a token client: which there are, what they may be, and the only place where
 * defaults are applied. Errors name the option and what it may be, never the value that was given.
 */
import {
  type Clock,
  checkNames,
  functionValue,
  guarded,
  integerWithin,
  numberWithin,
  type Observer,
  oneOf,
  portValue,
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
import { type EndpointOptions, type ResolvedEndpoint, resolveEndpoint } from './endpoint-options.ts'
import type { TokenClientEvent } from './events.ts'
import {
  type LifetimeOptions,
  lifetimeOptionNames,
  type ResolvedLifetimes,
  resolveLifetimes,
} from './lifetime-options.ts'
import {
  deadlineMsDefault,
  keysMaxDefault,
  keysMaxLimit,
  tokenRequestTimeoutMsDefault,
  waitersMaxDefault,
  waitersMaxLimit,
  waitMsMax,
} from './limits.ts'
import { textValue } from './option-value.ts'
import {
  type ResolvedService,
  resolvePreset,
  resolveService,
  type ServiceOptions,
} from './presets/service-options.ts'
import { type ResolvedRequest, requestOptionNames, resolveRequest } from './request-options.ts'
import {
  type BindingOptions,
  type ResolvedBinding,
  resolveBinding,
} from './sender-binding/binding-options.ts'
import type { TokenStore } from './shared-store/token-store.ts'
import type { TokenRequestOptions } from './token-client.ts'

/** The options of {@link createTokenClient}. */
export interface TokenClientOptions
  extends AuthenticationOptions,
    BindingOptions,
    EndpointOptions,
    LifetimeOptions,
    ServiceOptions,
    TokenRequestOptions {
  readonly clientId: string
  /** What to do with a token granted for less than the requested scope. Default `refuse`. */
  readonly narrowedScope?: 'refuse' | 'accept'
  /** How long a caller waits for a token, in milliseconds, 1 to 600,000. Default 10,000. */
  readonly deadlineMs?: number
  /** How long one token request may take, in milliseconds, 1 to 600,000. Default 10,000. */
  readonly tokenRequestTimeoutMs?: number
  /** Callers that may wait at the same time, 1 to 1,000,000. Default 125,000. */
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

/** The options of a client with every default applied and every value checked. */
export interface ResolvedClientOptions extends ResolvedBinding, ResolvedLifetimes, ResolvedService {
  readonly endpoint: ResolvedEndpoint
  readonly clientId: string
  readonly authentication: AuthenticationChoice
  readonly request: ResolvedRequest
  readonly acceptsNarrowedScope: boolean
  readonly deadlineMs: number
  readonly tokenRequestTimeoutMs: number
  readonly waitersMax: number
  readonly keysMax: number
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
  'unauthorizedWithoutChallenge',
  ...lifetimeOptionNames,
  'narrowedScope',
  'deadlineMs',
  'tokenRequestTimeoutMs',
  'waitersMax',
  'keysMax',
  'senderBinding',
  'certificateBound',
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
  const { narrowedScope = 'refuse' } = options
  const preset = resolvePreset(options.preset)
  const scope = options.scope ?? preset?.scope
  const clientId = textValue('clientId', options.clientId)
  const ports = resolvePorts(options)
  const authentication = resolveAuthentication(options, clientId, preset?.authentication)
  const endpoint = resolveEndpoint(options, preset)
  const service = resolveService(options, authentication, preset)
  const request = resolveRequest(scope === undefined ? options : { ...options, scope }, undefined)
  service.checkRequest(request.identity)
  return Object.freeze({
    ...{ endpoint, clientId, authentication, request },
    ...service,
    ...resolveLifetimes(options, preset?.renewal),
    acceptsNarrowedScope: oneOf('narrowedScope', narrowedScope, ['refuse', 'accept']) === 'accept',
    ...resolveWaiting(options),
    store: options.store === undefined ? undefined : portValue('store', options.store, ['join']),
    ...resolveBinding(options, ports.random),
    ...ports,
  })
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
