/**
 * The options of a guard: which there are, what they may be, and the only place where defaults are applied.
 * Errors name the option and what it may be, never the value that was given.
 */
import {
  platformEngine,
  type SignatureAlgorithm,
  type SignatureEngine,
  signatureAlgorithms,
} from '@mintmark/jwt'
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
import type { ClaimsReader } from './claims-reader.ts'
import type { GuardEvent } from './events.ts'
import { connect, type Introspection } from './introspection.ts'
import {
  clockToleranceSecondsDefault,
  clockToleranceSecondsMax,
  metadataUrlLengthMax,
  realmLengthMax,
  verdictCacheBytesDefault,
  verdictCacheBytesMax,
} from './limits.ts'
import {
  type ResolvedResource,
  type ResourceOptions,
  resolveResource,
} from './metadata/resource-options.ts'
import {
  booleanValue,
  checkNames,
  confidentialUrl,
  functionValue,
  headerText,
  numberWithin,
  portValue,
} from './option-value.ts'
import {
  type ReceiptOptions,
  type ResolvedReceipts,
  resolveReceipts,
} from './receipts/receipt-options.ts'
import {
  type ResolvedRevocation,
  type RevocationOptions,
  resolveRevocation,
} from './revocation/revocation-options.ts'
import {
  type ResolvedSenderBinding,
  resolveSenderBinding,
  SENDER_BINDING_OPTIONS,
  type SenderBindingOptions,
} from './sender-binding/binding-options.ts'
import { type IssuerOptions, type ResolvedIssuer, resolveIssuers } from './trusted-issuers.ts'
import type { VerifiedClaims } from './verdict.ts'

/** The options of {@link createGuard}. */
export interface GuardOptions<Claims = VerifiedClaims> extends IssuerOptions, SenderBindingOptions {
  /**
   * What admissions show as `claims`, made of the claims of a token that is good in every other respect: once for each
   * token, synchronously. A token for which it throws or answers `undefined` is refused (`claims_refused`). It must not
   * change what it is given, and its answer is shared by all requests with that token. Default: the claims themselves.
   */
  readonly claims?: (verified: VerifiedClaims) => Claims | undefined
  /** Signature algorithms accepted. Default: ES256, EdDSA, RS256, PS256. */
  readonly algorithms?: readonly SignatureAlgorithm[]
  /**
   * Whether `typ: JWT` or no `typ` passes for an access token, as some providers sign them. Default `false`: only
   * `at+jwt` (RFC 9068 section 2.1). With `true`, an ID token for the same audience passes too if it has all claims of
   * an access token and none of those that only ID tokens have. For issuers without a `profile`, which says it itself.
   */
  readonly acceptLegacyTyp?: boolean
  /** By how much the issuer's clock may differ from ours, in seconds, 0 to 60. Default 5. */
  readonly clockToleranceSeconds?: number
  /** Longest `exp - iat` accepted, in seconds, from 1. Default: no bound. */
  readonly lifetimeSecondsMax?: number
  /**
   * How long after its `iat` a token is admitted, in seconds, from 1, whatever its `exp` says. Older ones are
   * `expired`. Of an introspected token without `iat` nothing is known. Default: until `exp`.
   */
  readonly tokenAgeSecondsMax?: number
  /** Whether and how the issuers' revocation feeds are followed. Default: not at all. */
  readonly revocation?: RevocationOptions
  /**
   * How to ask the issuer about tokens that cannot be read here: what `introspection` of
   * `@mintmark/resource-server/introspection` makes. Default: such tokens are refused as malformed.
   */
  readonly introspection?: Introspection
  /**
   * What the API is called and says about itself (RFC 9728). Challenges then name the address of its metadata, and the
   * adapters' `metadata` serves it there. Default: nothing.
   */
  readonly resource?: ResourceOptions
  /**
   * URL of metadata that something else serves, put into every challenge. Default: that of `resource`. A `TypeError`
   * together with `resource`.
   */
  readonly resourceMetadataUrl?: string
  /** Whether refusals carry a receipt that `mintmark explain` resolves. Default: no. */
  readonly receipts?: ReceiptOptions
  /** Protection space named in challenges, 1 to 128 visible ASCII characters or spaces. Default `'api'`. */
  readonly realm?: string
  /** Bound on the memory of remembered verdicts, in bytes, 0 to 1 GiB. Default 32 MiB; 0 remembers none. */
  readonly verdictCacheBytesMax?: number
  readonly clock?: Clock
  readonly random?: RandomSource
  readonly transport?: Transport
  /** Told of every refusal and of everything about key sets. Its exceptions are dropped. */
  readonly observer?: Observer<GuardEvent>
  /** What checks signatures. Default: `node:crypto` where there is one, otherwise WebCrypto. */
  readonly engine?: SignatureEngine
}

/** The options of a guard with every default applied and every value checked. */
export interface ResolvedGuardOptions {
  readonly issuers: readonly ResolvedIssuer[]
  readonly claims: ClaimsReader | undefined
  readonly algorithms: ReadonlySet<string>
  readonly acceptLegacyTyp: boolean
  readonly clockToleranceSeconds: number
  readonly lifetimeSecondsMax: number | undefined
  readonly tokenAgeSecondsMax: number | undefined
  readonly revocation: ResolvedRevocation | undefined
  readonly resource: ResolvedResource | undefined
  readonly introspection: Introspection | undefined
  readonly receipts: ResolvedReceipts | undefined
  readonly resourceMetadataUrl: string | undefined
  readonly realm: string
  readonly verdictCacheBytesMax: number
  readonly senders: ResolvedSenderBinding
  readonly clock: Clock
  readonly random: RandomSource
  readonly transport: Transport
  readonly observer: Observer<GuardEvent>
  readonly engine: SignatureEngine
}

/** Every option: one that is missing here does not compile. */
const KNOWN_OPTIONS: Readonly<Record<keyof GuardOptions, true>> = {
  issuer: true,
  issuers: true,
  audience: true,
  jwksUri: true,
  claims: true,
  profile: true,
  algorithms: true,
  acceptLegacyTyp: true,
  clockToleranceSeconds: true,
  lifetimeSecondsMax: true,
  tokenAgeSecondsMax: true,
  revocation: true,
  resource: true,
  introspection: true,
  receipts: true,
  resourceMetadataUrl: true,
  realm: true,
  verdictCacheBytesMax: true,
  ...SENDER_BINDING_OPTIONS,
  clock: true,
  random: true,
  transport: true,
  observer: true,
  engine: true,
}

/**
 * Checks `options` and applies the defaults. An optional member that is `undefined` counts as absent.
 *
 * Throws `TypeError` for an unknown, missing or malformed option, and `RangeError` for a number out of range.
 */
export function resolveOptions(options: GuardOptions<unknown>): ResolvedGuardOptions {
  checkNames(options, KNOWN_OPTIONS, '')
  const issuers = resolveIssuers(options)
  return Object.freeze({
    issuers,
    claims: options.claims === undefined ? undefined : functionValue('claims', options.claims),
    revocation: revocationFor(issuers, options),
    introspection: introspectionValue(options.introspection),
    algorithms: resolveAlgorithms(options.algorithms ?? signatureAlgorithms),
    acceptLegacyTyp: booleanValue('acceptLegacyTyp', options.acceptLegacyTyp ?? false),
    ...resolveLimits(options),
    ...resolveChallenge(options),
    senders: resolveSenderBinding(options),
    ...resolvePorts(options),
  })
}

function introspectionValue(given: Introspection | undefined): Introspection | undefined {
  if (given === undefined || typeof given?.[connect] === 'function') return given
  throw new TypeError('introspection: expected what introspection() makes')
}

function revocationFor(
  issuers: readonly ResolvedIssuer[],
  { revocation }: GuardOptions<unknown>,
): ResolvedRevocation | undefined {
  if (revocation === undefined) {
    if (issuers.every(({ revocationFeed }) => revocationFeed === undefined)) return undefined
    throw new TypeError('revocationFeed: expected together with revocation')
  }
  const resolved = resolveRevocation(revocation)
  if (resolved.url === undefined || issuers.length === 1) return resolved
  throw new TypeError('revocation.follow: a URL belongs into the entries of issuers')
}

function resolveLimits(options: GuardOptions<unknown>) {
  const { lifetimeSecondsMax, tokenAgeSecondsMax } = options
  return {
    clockToleranceSeconds: numberWithin(
      'clockToleranceSeconds',
      options.clockToleranceSeconds ?? clockToleranceSecondsDefault,
      0,
      clockToleranceSecondsMax,
    ),
    lifetimeSecondsMax: secondsOrNone('lifetimeSecondsMax', lifetimeSecondsMax),
    tokenAgeSecondsMax: secondsOrNone('tokenAgeSecondsMax', tokenAgeSecondsMax),
    verdictCacheBytesMax: numberWithin(
      'verdictCacheBytesMax',
      options.verdictCacheBytesMax ?? verdictCacheBytesDefault,
      0,
      verdictCacheBytesMax,
    ),
  }
}

function secondsOrNone(name: string, seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : numberWithin(name, seconds, 1, Number.MAX_SAFE_INTEGER)
}

function resolveChallenge(options: GuardOptions<unknown>) {
  const { realm, resource, resourceMetadataUrl, receipts } = options
  if (resource !== undefined && resourceMetadataUrl !== undefined) {
    throw new TypeError('resourceMetadataUrl: expected without resource, which has one')
  }
  return {
    resource: resource === undefined ? undefined : resolveResource(resource),
    receipts: receipts === undefined ? undefined : resolveReceipts(receipts),
    realm: headerText('realm', realm ?? 'api', realmLengthMax),
    resourceMetadataUrl:
      resourceMetadataUrl === undefined
        ? undefined
        : headerText(
            'resourceMetadataUrl',
            confidentialUrl('resourceMetadataUrl', resourceMetadataUrl).href,
            metadataUrlLengthMax,
          ),
  }
}

function resolvePorts(options: GuardOptions<unknown>) {
  return {
    clock: portValue('clock', options.clock ?? systemClock, ['wallMs', 'monotonicMs', 'schedule']),
    random: portValue('random', options.random ?? systemRandom, ['bytes']),
    transport: functionValue('transport', options.transport ?? systemTransport),
    observer: guarded(functionValue('observer', options.observer ?? silent)),
    engine: portValue('engine', options.engine ?? platformEngine(), ['verify', 'sha256']),
  }
}

function resolveAlgorithms(algorithms: readonly string[]): ReadonlySet<string> {
  const known: readonly string[] = signatureAlgorithms
  if (Array.isArray(algorithms) && algorithms.length > 0) {
    if (algorithms.every((algorithm) => known.includes(algorithm))) return new Set(algorithms)
  }
  throw new TypeError(`algorithms: expected at least one of ${known.join(', ')}`)
}
