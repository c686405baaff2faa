/** The factory: options are resolved once, the parts are wired, and views share them. */
import { platformEngine } from '@mintmark/jwt'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { cacheKey, type TokenAuthority } from './cache-key.ts'
import { CredentialBreaker } from './credential-breaker.ts'
import { createDecisionLog, type DecisionLog } from './decision-log.ts'
import { discoveredEndpoint, explicitEndpoint, type LocateTokenEndpoint } from './discovery.ts'
import { labelOf } from './events.ts'
import { createCredentialFingerprint, type Digest } from './fingerprint.ts'
import { type ObtainingParts, obtainToken } from './obtain-token.ts'
import { checkNames } from './option-value.ts'
import { type ResolvedClientOptions, resolveOptions, type TokenClientOptions } from './options.ts'
import { originPolicy } from './origin-policy.ts'
import { createRequestAuthorizer } from './request-authorizer.ts'
import { type ResolvedRequest, requestOptionNames, resolveRequest } from './request-options.ts'
import { Throttle } from './throttle.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import { TokenCache } from './token-cache.ts'
import type { TokenClient } from './token-client.ts'
import type { TokenRequestIdentity } from './token-request-identity.ts'
import { TokenSource, type TokenSourceParts } from './token-source.ts'

/**
 * Makes a token client for the client credentials grant (RFC 6749 section 4.4).
 *
 * Does no I/O and starts no timer: the first token is asked for by the first call, or by `warm`.
 *
 * @throws TypeError for an unknown, missing, contradictory or malformed option, and in a browser
 *   page, where anybody could read the secret; RangeError for a number out of range. Messages name
 *   the option, never its value.
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  refuseBrowserPage()
  const resolved = resolveOptions(options)
  return view(shareParts(resolved), resolved.request)
}

/** What all views of one client have in common. */
interface SharedParts {
  readonly options: ResolvedClientOptions
  readonly log: DecisionLog
  readonly sourceFor: (identity: TokenRequestIdentity) => TokenSource
  readonly forget: () => void
  readonly dispose: () => Promise<void>
}

const CREDENTIAL_SALT_BYTES = 16

function shareParts(options: ResolvedClientOptions): SharedParts {
  const { clock, random, deadlineMs } = options
  const log = createDecisionLog(clock, options.observer)
  const { report } = log
  const cache = new TokenCache<TokenSource>(options.keysMax)
  const places = { taken: 0, max: options.waitersMax }
  const obtaining = obtainingParts(options, log)
  const { throttle } = obtaining
  const fleet = options.store?.join({
    ...obtaining,
    tokenRequestTimeoutMs: options.tokenRequestTimeoutMs,
  })
  const authority = authorityOf(options)
  let ended: TokenAcquisitionError | undefined

  const sourceFor = (identity: TokenRequestIdentity): TokenSource => {
    const key = cacheKey(authority, identity)
    return cache.slotFor(key, () => {
      const request = (signal: AbortSignal) => obtainToken(obtaining, identity, key, signal)
      const obtain: TokenSourceParts['obtain'] = (errand, signal) =>
        fleet === undefined ? request(signal) : fleet.obtain(key, errand, request, signal)
      const onRefused: TokenSourceParts['onRefused'] = (token) => fleet?.refused(key, token)
      const label = labelOf(identity)
      const source = new TokenSource({
        ...{ label, obtain, onRefused, clock, random, throttle, places, deadlineMs, report },
      })
      fleet?.follow(key, {
        label,
        adopt: (granted) => source.adopt(granted),
        retireToken: (fingerprint) => source.retireToken(fingerprint),
      })
      if (ended !== undefined) source.end(ended)
      return source
    })
  }
  const forget = (): void => {
    for (const source of cache.slots()) source.forget()
    fleet?.forget()
    report({ type: 'tokens_forgotten' })
  }
  const dispose = async (): Promise<void> => {
    ended ??= new TokenAcquisitionError({ code: 'disposed' })
    for (const source of cache.slots()) source.end(ended)
    await fleet?.leave()
  }
  return { options, log, sourceFor, forget, dispose }
}

function obtainingParts(options: ResolvedClientOptions, { report }: DecisionLog): ObtainingParts {
  const { clientId, authentication, binding, clock, random, transport } = options
  const engine = platformEngine()
  const digest: Digest = (bytes) => engine.sha256(bytes)
  const salt = random.bytes(CREDENTIAL_SALT_BYTES)
  return {
    ...{ clientId, authentication, binding, clock, random, transport, digest, report },
    locate: locatorOf(options),
    credentialFingerprint: createCredentialFingerprint(digest, salt, clientId),
    breaker: new CredentialBreaker(),
    throttle: new Throttle(),
    timeoutMs: options.tokenRequestTimeoutMs,
    lifetimePolicy: options.lifetimePolicy,
    lifetimeSecondsAssumed: options.lifetimeSecondsAssumed,
    acceptsNarrowedScope: options.acceptsNarrowedScope,
    told: { lifetimeMissing: false, outageBudgetUnreachable: false },
  }
}

function locatorOf(options: ResolvedClientOptions): LocateTokenEndpoint {
  const { endpoint, clock, transport, tokenRequestTimeoutMs: timeoutMs } = options
  if (endpoint.kind === 'explicit') return explicitEndpoint(endpoint.url)
  const { issuer, tokenEndpointOrigins } = endpoint
  return discoveredEndpoint({ issuer, tokenEndpointOrigins, clock, transport, timeoutMs })
}

function authorityOf({ endpoint, clientId, binding }: ResolvedClientOptions): TokenAuthority {
  const authority = endpoint.kind === 'explicit' ? endpoint.url : endpoint.issuer
  return { authority, clientId, confirmation: binding?.confirmation }
}

/**
 * One request of a client, as an object of its own. Functions only, so that nothing inside it can
 * be printed.
 */
function view(shared: SharedParts, request: ResolvedRequest): TokenClient {
  const { identity, allowedOrigins } = request
  const { transport } = shared.options
  const { report } = shared.log
  let current = shared.sourceFor(identity)
  const source = (): TokenSource => {
    if (current.isRetired) current = shared.sourceFor(identity)
    return current
  }
  const allows = originPolicy({ allowedOrigins, resources: identity.resources })
  const label = labelOf(identity)
  const { binding } = shared.options
  const authorizer = createRequestAuthorizer({ label, source, allows, binding, report })
  return Object.freeze({
    token: (options) => source().token(options),
    currentToken: () => source().currentToken(),
    fetch: createAuthorizedFetch({ authorizer, transport }),
    ...authorizer,
    for: (options) => {
      checkNames(options, requestOptionNames)
      return view(shared, resolveRequest(options, request))
    },
    warm: async (options) => {
      await source().token(options)
    },
    ready: () => source().isReady,
    forget: shared.forget,
    explain: shared.log.decisions,
    dispose: shared.dispose,
  } satisfies TokenClient)
}

/** Where a page has a document, its visitors have its secrets. */
function refuseBrowserPage(): void {
  const { window, document } = globalThis as { window?: unknown; document?: unknown }
  if (window === undefined || document === undefined) return
  throw new TypeError(
    'createTokenClient: every visitor of a browser page could read the client secret',
  )
}
