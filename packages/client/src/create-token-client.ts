/** The factory: options are resolved once, the parts are wired, and views share them. */
import { checkNames, systemDigest } from '@mintmark/runtime'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { refuseBrowser } from './browser-refusal.ts'
import type { TokenAuthority } from './cache-key.ts'
import { usesCertificate } from './client-authentication/choose-authentication.ts'
import { CredentialBreaker } from './credential-breaker.ts'
import { CredentialRotation } from './credential-rotation.ts'
import { CredentialTrials } from './credential-trials.ts'
import { createDecisionLog, type DecisionLog } from './decision-log.ts'
import { discoveredEndpoint, explicitEndpoint, type LocateTokenEndpoint } from './discovery.ts'
import { labelOf } from './events.ts'
import { createCredentialFingerprint } from './fingerprint.ts'
import type { ObtainingParts } from './obtain-token.ts'
import { type ResolvedClientOptions, resolveOptions, type TokenClientOptions } from './options.ts'
import { originPolicy } from './origin-policy.ts'
import { createRequestAuthorizer } from './request-authorizer.ts'
import { type ResolvedRequest, requestOptionNames, resolveRequest } from './request-options.ts'
import type { SenderBinding } from './sender-binding/sender-binding.ts'
import { ServerClock } from './server-clock.ts'
import type { FleetMember } from './shared-store/token-store.ts'
import { Throttle } from './throttle.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { TokenClient } from './token-client.ts'
import type { TokenSource } from './token-source.ts'
import { TokenSources } from './token-sources.ts'

/**
 * Makes a token client for the client credentials grant (RFC 6749 section 4.4).
 *
 * Does no I/O and starts no timer: the first token is asked for by the first call, or by `warm`.
 *
 * @throws TypeError for an unknown, missing, contradictory or malformed option, and in a browser,
 *   where anybody could read the secret; RangeError for a number out of range. Messages name
 *   the option, never its value.
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  refuseBrowser()
  const resolved = resolveOptions(options)
  return view(shareParts(resolved), resolved.request)
}

/** What all views of one client have in common. */
interface SharedParts {
  readonly options: ResolvedClientOptions
  readonly log: DecisionLog
  readonly binding: SenderBinding | undefined
  readonly sources: TokenSources
  readonly forget: () => void
  readonly dispose: () => Promise<void>
}

const CREDENTIAL_SALT_BYTES = 16

function shareParts(options: ResolvedClientOptions): SharedParts {
  const { clock, random } = options
  const log = createDecisionLog(clock, options.observer)
  const { report } = log
  const serverClock = new ServerClock(clock, report)
  const nowWallMs = (): number => serverClock.nowWallMs()
  const binding = options.senderBinding?.bind({ random, nowWallMs })
  const throttle = new Throttle()
  const authority = authorityOf(options, binding)
  const { tokenRequestTimeoutMs } = options
  const fleet = options.store?.join({
    ...{ clock, random, report, ...authority, throttle, tokenRequestTimeoutMs },
  })
  const obtaining = obtainingParts(options, log, { throttle, fleet, binding, serverClock })
  const sources = new TokenSources({ options, authority, obtaining, throttle, fleet, report })
  const forget = (): void => {
    sources.forget()
    fleet?.forget()
    report({ type: 'tokens_forgotten' })
  }
  const dispose = async (): Promise<void> => {
    sources.end(new TokenAcquisitionError({ code: 'disposed' }))
    await fleet?.leave()
  }
  return { options, log, binding, sources, forget, dispose }
}

/** The parts that obtaining shares with others. */
interface WiredParts {
  readonly throttle: Throttle
  readonly fleet: FleetMember | undefined
  readonly binding: SenderBinding | undefined
  readonly serverClock: ServerClock
}

function obtainingParts(
  options: ResolvedClientOptions,
  { report }: DecisionLog,
  { throttle, fleet, binding, serverClock }: WiredParts,
): ObtainingParts {
  const { clientId, authentication, clock, random, transport } = options
  // Drawn when it is needed: the first draw loads the crypto library of Node, which takes longer than all else here.
  let ownSalt: Uint8Array | undefined
  const salt = () => {
    if (fleet !== undefined) return fleet.credentialSalt()
    ownSalt ??= random.bytes(CREDENTIAL_SALT_BYTES)
    return ownSalt
  }
  const breaker = new CredentialBreaker()
  return {
    ...{
      clientId,
      authentication,
      binding,
      clock,
      random,
      transport,
      digest: systemDigest,
      report,
    },
    issuer: options.endpoint.issuer,
    assertionDefaults: options.assertionDefaults,
    errorLeniency: options.errorLeniency,
    locate: locatorOf(options),
    rotation: new CredentialRotation(report),
    trials: new CredentialTrials(clock),
    serverClock,
    credentialFingerprint: createCredentialFingerprint(systemDigest, salt, clientId),
    breaker: fleet?.breaker ?? breaker,
    metadataBreaker: breaker,
    throttle,
    timeoutMs: options.tokenRequestTimeoutMs,
    lifetimePolicy: options.lifetimePolicy,
    lifetimeSecondsAssumed: options.lifetimeSecondsAssumed,
    acceptsNarrowedScope: options.acceptsNarrowedScope,
    told: { lifetimeMissing: false, outageBudgetUnreachable: false, basicEncoding: false },
  }
}

function locatorOf(options: ResolvedClientOptions): LocateTokenEndpoint {
  const { endpoint, clock, transport, tokenRequestTimeoutMs: timeoutMs } = options
  if (endpoint.kind === 'explicit') return explicitEndpoint(endpoint.url)
  const hasCertificate =
    options.certificateConfirmation !== undefined || usesCertificate(options.authentication)
  return discoveredEndpoint({
    ...{ ...endpoint, hasCertificate, clock, transport, timeoutMs },
  })
}

function authorityOf(
  { endpoint, clientId, certificateConfirmation }: ResolvedClientOptions,
  binding: SenderBinding | undefined,
): TokenAuthority {
  const authority = endpoint.kind === 'explicit' ? endpoint.url : endpoint.issuer
  return { authority, clientId, confirmation: binding?.confirmation ?? certificateConfirmation }
}

/**
 * One request of a client, as an object of its own. Functions only, so that nothing inside it can
 * be printed.
 */
function view(shared: SharedParts, request: ResolvedRequest): TokenClient {
  const { identity, allowedOrigins } = request
  const { transport, clock } = shared.options
  const { report } = shared.log
  let current = shared.sources.sourceFor(identity)
  const source = (): TokenSource => {
    if (current.isRetired) current = shared.sources.sourceFor(identity)
    return current
  }
  const allows = originPolicy({ allowedOrigins, resources: identity.resources })
  const label = labelOf(identity)
  const authorizer = createRequestAuthorizer({
    label,
    source,
    allows,
    binding: shared.binding,
    renewsWithoutChallenge: shared.options.renewsWithoutChallenge,
    report,
  })
  return Object.freeze({
    token: (options) => source().token(options),
    currentToken: () => source().currentToken(),
    fetch: createAuthorizedFetch({ authorizer, transport, clock }),
    ...authorizer,
    for: (options) => {
      checkNames(options, requestOptionNames)
      const resolved = resolveRequest(options, request)
      shared.options.checkRequest(resolved.identity)
      return view(shared, resolved)
    },
    warm: async (options) => {
      await source().token(options)
    },
    ready: () => source().isReady,
    outageBudgetSeconds: () => shared.sources.outageBudgetSeconds,
    forget: shared.forget,
    explain: shared.log.decisions,
    dispose: shared.dispose,
  } satisfies TokenClient)
}
