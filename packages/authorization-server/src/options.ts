/** The options of an authorization server: checked and completed here, once. */
import {
  type ForwardingHeader,
  type ReplayFailMode,
  type ReplayStore,
  replayFailModes,
} from '@mintmark/limits'
import { type IssuerIdentifier, isConfidentialUrl, parseIssuer } from '@mintmark/protocol'
import {
  type Clock,
  guarded,
  type Observer,
  type RandomSource,
  silent,
  systemClock,
  systemRandom,
  type Transport,
} from '@mintmark/runtime'
import type { ClientCertificateOptions } from './client-authentication/certificates/client-certificate-header.ts'
import { resolveClientCertificate } from './client-authentication/certificates/client-certificate-option.ts'
import { type Dialect, type DialectName, dialectNames, dialectOf } from './dialect.ts'
import type { AuthorizationServerEvent } from './events.ts'
import {
  graceSecondsDefault,
  graceSecondsMax,
  keyPublicationSecondsDefault,
  keyRotationSecondsDefault,
  keyRotationSecondsMax,
  keyRotationSecondsMin,
  keyStagingSecondsMin,
} from './limits.ts'
import {
  type RegistrationOptions,
  type RegistrationPolicy,
  resolveRegistration,
} from './registration/registration-options.ts'
import { type SecretEnvironment, secretEnvironments } from './registry/client-secret.ts'
import {
  type RequestLimitOptions,
  type RequestPolicies,
  resolveRequestLimits,
} from './request-limits/request-limit-options.ts'
import { type ProofNonceMode, proofNonceModes } from './sender-binding/bind-token.ts'
import { type ExternalSigner, signerFault } from './signing-keys/external-signer.ts'
import type { KeyRotation, KeyRotationSchedule } from './signing-keys/key-work.ts'
import type { SnapshotOptions } from './snapshot/open-through-outage.ts'
import type { Storage } from './storage/storage.ts'

/** The options of {@link resolveOptions}: `issuer` and `storage`, the rest has defaults. */
export interface AuthorizationServerOptions {
  /**
   * The issuer identifier (RFC 8414 section 2): an `https` URL, or `http` on loopback, without query and fragment.
   * It is part of every token; changing it invalidates them all.
   */
  readonly issuer: string
  /** Where clients, keys and revocations are kept, such as `sqlite('./data')`. */
  readonly storage: Storage
  /** The shape to take on. Default `'default'`. */
  readonly dialect?: DialectName
  /**
   * When signing keys take turns, or `'manual'`: when somebody says so. Default: every 90 days, published 14 days
   * before.
   */
  readonly keyRotation?: KeyRotation
  /**
   * Keys that a KMS, an HSM or another process keeps. Each is published when a server that knows it starts, and signs
   * an hour later; automatic rotation leaves the keys of its algorithm alone. Default: none.
   */
  readonly signers?: readonly ExternalSigner[]
  /** What the client secrets made here are for: part of their text. Default `'live'`. */
  readonly secretEnvironment?: SecretEnvironment
  /** Dynamic registration of clients (RFC 7591, RFC 7592). Default: there is none. */
  readonly registration?: RegistrationOptions
  /**
   * Whether DPoP proofs (RFC 9449) must have a nonce of this server: `'required'`, which costs each caller a request
   * every few minutes, or `'optional'` (the default): where a clock is doubtful.
   */
  readonly dpopNonces?: ProofNonceMode
  /**
   * What happens while the database is away: requests are answered from memory for `graceSeconds` (default a day, 0
   * to a week), then refused with 503. With a `file`, such as `./snapshot`, a node can also start meanwhile: its last
   * known good state is kept there, sealed under the master key. Default: no file.
   */
  readonly snapshot?: { readonly file?: string | undefined; readonly graceSeconds?: number }
  readonly clock?: Clock
  readonly random?: RandomSource
  /** Hears what happens. Its exceptions are dropped. */
  readonly observer?: Observer<AuthorizationServerEvent>
  /**
   * Where used assertions are remembered: `'storage'` (the default) for all nodes on one database, `'memory'` for a
   * process that is alone, or a store of its own such as `redisReplayStore({ redis })`.
   */
  readonly replayStore?: 'storage' | 'memory' | ReplayStore
  /** While that store is away: `'local'` (the default) has each node remember for itself, `'refuse'` answers 503. */
  readonly replayWhenUnavailable?: ReplayFailMode
  /**
   * Fetches the key sets of clients and issuers. Default: one that keeps to the public Internet, unless the issuer is
   * on loopback.
   */
  readonly transport?: Transport
  /** Host names that the default transport may reach within the own network. Default: none. */
  readonly internalKeyHosts?: readonly string[]
  /**
   * How client certificates arrive: by `'connection'`, which asks for them itself, or in a field of `trustedProxies`
   * that end TLS (RFC 9440, or the escaped PEM of nginx) and have verified the chain. The metadata then lists the
   * methods of RFC 8705. Default: none are expected, and the metadata lists none; that of a connection counts all the
   * same.
   */
  readonly clientCertificate?: ClientCertificateOptions | 'connection'
  /**
   * Another origin of this server, such as `https://mtls.auth.example`, where connections ask for a certificate; the
   * metadata names its endpoints as `mtls_endpoint_aliases` (RFC 8705 section 5). For listeners that do not want to ask
   * everybody. Default: none.
   */
  readonly mutualTlsOrigin?: string
  /** How much may be asked for at the endpoints for clients, and by whom. */
  readonly limits?: RequestLimitOptions
  /** Addresses and networks of our own proxies, such as `10.0.0.0/8`: what they say of their callers is believed. */
  readonly trustedProxies?: readonly string[]
  /** The one header field in which they say it, written or added to by them. Default `'x-forwarded-for'`. */
  readonly forwardedHeader?: ForwardingHeader
}

/** The options with every default applied. */
export interface ResolvedOptions {
  readonly issuer: IssuerIdentifier
  readonly storage: Storage
  readonly dialect: Dialect
  readonly keyRotation: KeyRotation
  readonly signers: readonly ExternalSigner[]
  readonly secretEnvironment: SecretEnvironment
  readonly registration: RegistrationPolicy | undefined
  readonly dpopNonces: ProofNonceMode
  readonly snapshot: SnapshotOptions
  readonly clock: Clock
  readonly random: RandomSource
  readonly observer: Observer<AuthorizationServerEvent>
  readonly replayStore: 'storage' | 'memory' | ReplayStore
  readonly replayWhenUnavailable: ReplayFailMode
  readonly transport: Transport | undefined
  readonly internalKeyHosts: readonly string[]
  readonly clientCertificate: ClientCertificateOptions | 'connection' | undefined
  readonly mutualTlsOrigin: string | undefined
  readonly limits: RequestPolicies
  readonly trustedProxies: readonly string[] | undefined
  readonly forwardedHeader: ForwardingHeader | undefined
}

const known: ReadonlySet<string> = new Set<keyof AuthorizationServerOptions>([
  'issuer',
  'storage',
  'dialect',
  'keyRotation',
  'signers',
  'secretEnvironment',
  'registration',
  'dpopNonces',
  'snapshot',
  'clock',
  'random',
  'observer',
  'replayStore',
  'replayWhenUnavailable',
  'transport',
  'internalKeyHosts',
  'clientCertificate',
  'mutualTlsOrigin',
  'limits',
  'trustedProxies',
  'forwardedHeader',
])

/** Throws TypeError for an option that is missing, unknown or unusable, naming it. */
export function resolveOptions(options: AuthorizationServerOptions): ResolvedOptions {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new TypeError(`option "${name}" is not known`)
  }
  const issuer = parseIssuer(options.issuer)
  if (!issuer.ok) {
    throw new TypeError(
      'option "issuer" must be an https URL (http on loopback only) without query and fragment',
    )
  }
  const dialect = options.dialect ?? 'default'
  if (!dialectNames.includes(dialect)) {
    throw new TypeError(`option "dialect" must be one of ${dialectNames.join(', ')}`)
  }
  const secretEnvironment = options.secretEnvironment ?? 'live'
  if (!secretEnvironments.includes(secretEnvironment)) {
    throw new TypeError(
      `option "secretEnvironment" must be one of ${secretEnvironments.join(', ')}`,
    )
  }
  const replayWhenUnavailable = options.replayWhenUnavailable ?? 'local'
  if (!replayFailModes.includes(replayWhenUnavailable)) {
    throw new TypeError(
      `option "replayWhenUnavailable" must be one of ${replayFailModes.join(', ')}`,
    )
  }
  const dpopNonces = options.dpopNonces ?? 'optional'
  if (!proofNonceModes.includes(dpopNonces)) {
    throw new TypeError(`option "dpopNonces" must be one of ${proofNonceModes.join(', ')}`)
  }
  return {
    issuer: issuer.value,
    storage: options.storage,
    dialect: dialectOf(dialect),
    keyRotation: resolveKeyRotation(options.keyRotation),
    signers: resolveSigners(options.signers ?? []),
    secretEnvironment,
    registration: options.registration && resolveRegistration(options.registration),
    dpopNonces,
    snapshot: resolveSnapshot(options.snapshot),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    observer: options.observer === undefined ? silent : guarded(options.observer),
    replayStore: replayStoreOf(options),
    replayWhenUnavailable,
    transport: options.transport,
    internalKeyHosts: options.internalKeyHosts ?? [],
    clientCertificate: resolveClientCertificate(options.clientCertificate, options.trustedProxies),
    mutualTlsOrigin: mutualTlsOriginOf(options, issuer.value),
    limits: resolveRequestLimits(options.limits ?? {}, dialectOf(dialect).limits),
    trustedProxies: options.trustedProxies,
    forwardedHeader: options.forwardedHeader,
  }
}

const keyRotationDefault: KeyRotation = {
  everySeconds: keyRotationSecondsDefault,
  publishAheadSeconds: keyPublicationSecondsDefault,
}

function resolveKeyRotation(rotation: KeyRotation = keyRotationDefault): KeyRotation {
  if (rotation === 'manual') return rotation
  const { everySeconds, publishAheadSeconds }: KeyRotationSchedule = Object(rotation)
  const isEveryFine = isWithin(everySeconds, keyRotationSecondsMin, keyRotationSecondsMax)
  if (isEveryFine && isWithin(publishAheadSeconds, keyStagingSecondsMin, everySeconds)) {
    return { everySeconds, publishAheadSeconds }
  }
  throw new TypeError(
    `option "keyRotation" must be "manual", or whole seconds: everySeconds from ${keyRotationSecondsMin} ` +
      `to ${keyRotationSecondsMax}, publishAheadSeconds from ${keyStagingSecondsMin} to everySeconds`,
  )
}

function resolveSnapshot(snapshot: AuthorizationServerOptions['snapshot'] = {}): SnapshotOptions {
  const { file, graceSeconds = graceSecondsDefault, ...others } = snapshot
  if (typeof snapshot !== 'object') throw new TypeError('option "snapshot" must be an object')
  const isFile = file === undefined || (typeof file === 'string' && file !== '')
  if (isFile && isWithin(graceSeconds, 0, graceSecondsMax) && Object.keys(others).length === 0) {
    return { file, graceSeconds }
  }
  throw new TypeError(
    `option "snapshot" must have a path as file, and graceSeconds from 0 to ${graceSecondsMax}`,
  )
}

function resolveSigners(signers: readonly ExternalSigner[]): readonly ExternalSigner[] {
  for (const signer of signers) {
    const fault = signerFault(signer)
    if (fault !== undefined) throw new TypeError(`option "signers": ${fault}`)
  }
  const names = new Set(signers.map(({ name }) => name))
  if (names.size < signers.length) throw new TypeError('option "signers": each needs its own name')
  return signers
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

function replayStoreOf({
  replayStore = 'storage',
}: AuthorizationServerOptions): ResolvedOptions['replayStore'] {
  const isStore = typeof replayStore === 'object' && 'consumeReplay' in replayStore
  if (replayStore === 'storage' || replayStore === 'memory' || isStore) return replayStore
  throw new TypeError('option "replayStore" must be "storage", "memory" or a replay store')
}

function mutualTlsOriginOf(
  { mutualTlsOrigin: origin }: AuthorizationServerOptions,
  issuer: IssuerIdentifier,
): string | undefined {
  if (origin === undefined) return undefined
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  const isOrigin = url !== undefined && url.origin === origin && isConfidentialUrl(url)
  if (isOrigin && origin !== new URL(issuer).origin) return origin
  throw new TypeError(
    'option "mutualTlsOrigin" must be an https origin (http on loopback only), and another than that of the issuer',
  )
}
