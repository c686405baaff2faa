/** The options of a guard about bound tokens: which there are, what they may be, and their defaults. */
import { proofNonceKeyBytes } from '@mintmark/jwt'
import { type ReplayFailMode, type ReplayStore, replayFailModes } from '@mintmark/limits'
import { certificateEncodings } from '@mintmark/protocol'
import {
  proofAgeSecondsDefault,
  proofAgeSecondsMax,
  publicPathLengthMax,
  publicPathsMax,
  replayDeadlineMsDefault,
  replayDeadlineMsMax,
} from '../limits.ts'
import { checkNames, confidentialUrl, numberWithin, oneOf, portValue } from '../option-value.ts'
import type { CertificateSource, ForwardedCertificateOptions } from './certificate-source.ts'
import type { DpopNonceMode } from './proof-check.ts'
import type { RequiredSenderBinding } from './sender-check.ts'

/**
 * The options of {@link createGuard} about bound tokens. What a token is bound to is checked whenever it says so;
 * tokens bound to a key (DPoP) can only be admitted with `publicOrigin`.
 */
export interface SenderBindingOptions {
  /** What every token has to be bound to. Default: nothing, so that unbound tokens are admitted as well. */
  readonly senderBinding?: RequiredSenderBinding
  /**
   * Scheme, host and port by which clients reach the API, like `https://api.example`: what the `htu` of a proof is
   * compared with. It is never taken from a request. Default: none, and no token bound to a key is admitted.
   */
  readonly publicOrigin?: string
  /**
   * Public path prefixes by the prefixes of this process, for one that a proxy mounts elsewhere: `{ '/': '/orders/' }`
   * when it takes `/orders` off. Each has a slash at both ends; the longest that fits counts. Default: paths are public
   * as they are.
   */
  readonly publicPaths?: Readonly<Record<string, string>>
  /** How old the `iat` of a proof without a nonce may be, in seconds, 1 to 3,600. Default 300. */
  readonly proofAgeSecondsMax?: number
  /**
   * Whether proofs must have a nonce that this guard has given: always, or only where their `iat` is out of the window.
   * Default: no nonces are given, and none are looked at.
   */
  readonly dpopNonces?: DpopNonceMode
  /**
   * The secret that nonces are made with, 32 to 64 bytes, the same in all processes of one API. Default: one that this
   * guard makes up, for a process that is alone.
   */
  readonly dpopNonceKey?: Uint8Array
  /**
   * Where used proofs are remembered for several processes of one API: `redisReplayStore({ redis })` of
   * `@mintmark/resource-server/redis`. Default: in the memory of this guard alone.
   */
  readonly replayStore?: ReplayStore
  /**
   * What happens while that store is away: 503 (`'refuse'`), or this process's own memory counts (`'local'`), and a
   * stolen proof may be used once in each process. Default `'refuse'`.
   */
  readonly replayWhenUnavailable?: ReplayFailMode
  /** How long that store is waited for, in milliseconds, 1 to 1,000. Default 25. */
  readonly replayDeadlineMs?: number
  /**
   * Where the certificate of a client is found: `'connection'` for what `node:tls` has seen, a field that trusted
   * proxies write, or a function for other platforms, which returns the octets (DER) or `undefined`. Default
   * `'connection'`.
   */
  readonly clientCertificate?: 'connection' | ForwardedCertificateOptions | CertificateSource
}

/** Every option: one that is missing here does not compile. */
export const SENDER_BINDING_OPTIONS: Readonly<Record<keyof SenderBindingOptions, true>> = {
  senderBinding: true,
  publicOrigin: true,
  publicPaths: true,
  proofAgeSecondsMax: true,
  dpopNonces: true,
  dpopNonceKey: true,
  replayStore: true,
  replayWhenUnavailable: true,
  replayDeadlineMs: true,
  clientCertificate: true,
}

/** The options with every default applied and every value checked. */
export interface ResolvedSenderBinding {
  readonly required: RequiredSenderBinding | undefined
  readonly clientCertificate: NonNullable<SenderBindingOptions['clientCertificate']>
  /** `undefined`: this guard takes no proofs. */
  readonly proofs: ResolvedProofOptions | undefined
}

/** What proofs are taken by. */
export interface ResolvedProofOptions {
  readonly origin: string
  readonly paths: Readonly<Record<string, string>>
  readonly ageSecondsMax: number
  readonly nonces: DpopNonceMode | undefined
  /** `undefined`: one that the guard makes up. */
  readonly nonceKey: Uint8Array | undefined
  readonly replayStore: ReplayStore | undefined
  readonly replayWhenUnavailable: ReplayFailMode
  readonly replayDeadlineMs: number
}

/**
 * Checks the options and applies the defaults.
 *
 * Throws `TypeError` for a malformed option, and for one about proofs without `publicOrigin`; `RangeError` for a number
 * out of range.
 */
export function resolveSenderBinding(options: SenderBindingOptions): ResolvedSenderBinding {
  const { senderBinding, publicOrigin } = options
  const required = optional(senderBinding, (value) =>
    oneOf<RequiredSenderBinding>('senderBinding', value, ['dpop', 'certificate', 'any']),
  )
  if (publicOrigin === undefined) assertNothingForProofs(options)
  return {
    required,
    clientCertificate: certificateOption(options.clientCertificate),
    proofs: optional(publicOrigin, (origin) => resolveProofs(origin, options)),
  }
}

function optional<Value, Resolved>(
  value: Value | undefined,
  resolve: (value: Value) => Resolved,
): Resolved | undefined {
  return value === undefined ? undefined : resolve(value)
}

/** Options that would silently do nothing. */
function assertNothingForProofs(options: SenderBindingOptions): void {
  for (const name of FOR_PROOFS) {
    if (options[name] !== undefined) throw new TypeError(`${name}: expected publicOrigin as well`)
  }
  if (options.senderBinding === 'dpop') {
    throw new TypeError("senderBinding: 'dpop' needs publicOrigin")
  }
}

const FOR_PROOFS = [
  ...(['publicPaths', 'proofAgeSecondsMax', 'dpopNonces', 'dpopNonceKey'] as const),
  ...(['replayStore', 'replayWhenUnavailable', 'replayDeadlineMs'] as const),
] as const satisfies readonly (keyof SenderBindingOptions)[]

function certificateOption(
  option: SenderBindingOptions['clientCertificate'] = 'connection',
): ResolvedSenderBinding['clientCertificate'] {
  if (option === 'connection' || typeof option === 'function') return option
  if (typeof option !== 'object' || option === null) {
    throw new TypeError("clientCertificate: expected 'connection', { header } or a function")
  }
  checkNames(option, FORWARDED_OPTIONS, 'clientCertificate: ')
  const { header, encoding = 'rfc9440' } = option
  if (typeof header !== 'string' || !FIELD_NAME.test(header)) {
    throw new TypeError('clientCertificate.header: expected the name of a field, like Client-Cert')
  }
  oneOf('clientCertificate.encoding', encoding, certificateEncodings)
  if (Array.isArray(option.trustedProxies) && option.trustedProxies.length > 0) return option
  throw new TypeError('clientCertificate.trustedProxies: expected a list of networks')
}

const FORWARDED_OPTIONS = { header: true, encoding: true, trustedProxies: true }
const FIELD_NAME = /^[\w-]{1,64}$/

function resolveProofs(origin: string, options: SenderBindingOptions): ResolvedProofOptions {
  const { replayStore, replayWhenUnavailable = 'refuse', replayDeadlineMs } = options
  const ageSecondsMax = options.proofAgeSecondsMax ?? proofAgeSecondsDefault
  const deadlineMs = replayDeadlineMs ?? replayDeadlineMsDefault
  assertStoreForItsOptions(options)
  return {
    origin: originOf(origin),
    paths: pathsOf(options.publicPaths),
    ageSecondsMax: numberWithin('proofAgeSecondsMax', ageSecondsMax, 1, proofAgeSecondsMax),
    ...resolveNonces(options),
    replayStore: optional(replayStore, (store) =>
      portValue('replayStore', store, ['consumeReplay']),
    ),
    replayWhenUnavailable: oneOf('replayWhenUnavailable', replayWhenUnavailable, replayFailModes),
    replayDeadlineMs: numberWithin('replayDeadlineMs', deadlineMs, 1, replayDeadlineMsMax),
  }
}

function assertStoreForItsOptions(options: SenderBindingOptions): void {
  if (options.replayStore !== undefined) return
  for (const name of ['replayWhenUnavailable', 'replayDeadlineMs'] as const) {
    if (options[name] !== undefined) throw new TypeError(`${name}: expected replayStore as well`)
  }
}

function originOf(value: string): string {
  const url = confidentialUrl('publicOrigin', value)
  if (url.pathname === '/' && url.search === '') return url.origin
  throw new TypeError('publicOrigin: expected no path; a mount belongs into publicPaths')
}

function pathsOf(paths: unknown = {}): Readonly<Record<string, string>> {
  if (typeof paths === 'object' && paths !== null) {
    const entries = Object.entries(paths)
    if (entries.length <= publicPathsMax && entries.flat().every(isPathPrefix)) {
      return Object.fromEntries(entries)
    }
  }
  throw new TypeError(
    `publicPaths: expected at most ${publicPathsMax} paths with a slash at both ends, by such paths`,
  )
}

function isPathPrefix(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > publicPathLengthMax) return false
  return /^\/(?:[\w\-.~!$&'()*+,;=:@%]+\/)*$/.test(value)
}

function resolveNonces({ dpopNonces, dpopNonceKey }: SenderBindingOptions) {
  if (dpopNonces === undefined && dpopNonceKey !== undefined) {
    throw new TypeError('dpopNonceKey: expected dpopNonces as well')
  }
  return {
    nonces: optional(dpopNonces, (mode) =>
      oneOf<DpopNonceMode>('dpopNonces', mode, ['required', 'optional']),
    ),
    nonceKey: optional(dpopNonceKey, nonceKeyValue),
  }
}

function nonceKeyValue(key: unknown): Uint8Array {
  const { min, max } = proofNonceKeyBytes
  if (key instanceof Uint8Array && key.length >= min && key.length <= max) return key
  throw new TypeError(`dpopNonceKey: expected ${min} to ${max} bytes`)
}
