/**
 * The keys of other issuers: where a registered identity says, or where the issuer's metadata says (OpenID Connect
 * Discovery section 4), which a Kubernetes cluster publishes, too. Of a SPIFFE trust domain: its bundle endpoint.
 *
 * Invariants
 *  (1) Metadata counts only when it names the issuer byte for byte.
 *  (2) One request per issuer is under way; after a failure the issuer is left alone for `issuerPauseMs`, and what its
 *      metadata said before stays in use.
 */
import type { KeyLookup, MaybePromise, WantedKey } from '@mintmark/jwt'
import { isConfidentialUrl, parseJsonObject, textMember } from '@mintmark/protocol'
import { type Clock, discardBody, readBoundedText, type Transport } from '@mintmark/runtime'
import {
  issuerMetadataBytesMax,
  issuerMetadataDeadlineMs,
  issuerMetadataLifetimeMs,
  issuerPauseMs,
  remoteKeySetsMax,
} from '../../limits.ts'
import type { FederatedIdentity } from '../../registry/client-settings.ts'
import type { RemoteKeySets } from './remote-key-sets.ts'

/** Where the keys of other issuers are looked up. */
export interface IssuerKeySource {
  /** The one key that a token names, among those of the identity's issuer. Never rejects. */
  keyFor(identity: FederatedIdentity, wanted: WantedKey): MaybePromise<KeyLookup>
}

/** What a source is made of. */
export interface IssuerKeyParts {
  readonly keySets: RemoteKeySets
  /** The same for documents of SPIFFE bundle endpoints. */
  readonly bundles: RemoteKeySets
  readonly transport: Transport
  readonly clock: Clock
}

interface KnownIssuer {
  readonly jwksUri: string | undefined
  readonly askAgainAtMonotonicMs: number
}

const unavailable: KeyLookup = { refusal: 'keys_unavailable', retryAfterSeconds: 1 }

/** Makes the source of one server. Sends nothing before it is asked. */
export function createIssuerKeySource(parts: IssuerKeyParts): IssuerKeySource {
  const { keySets, bundles, transport, clock } = parts
  const known = new Map<string, KnownIssuer>()
  const underWay = new Map<string, Promise<string | undefined>>()

  /** Where the keys are; a promise only when that has to be asked. */
  function placeOf(issuer: string): MaybePromise<string | undefined> {
    const issuerNow = known.get(issuer)
    if (issuerNow !== undefined && clock.monotonicMs() < issuerNow.askAgainAtMonotonicMs) {
      return issuerNow.jwksUri
    }
    const flight = underWay.get(issuer) ?? ask(issuer).finally(() => underWay.delete(issuer))
    underWay.set(issuer, flight)
    return flight
  }

  async function ask(issuer: string): Promise<string | undefined> {
    const found = await jwksUriOf(issuer, transport, clock)
    const jwksUri = found ?? known.get(issuer)?.jwksUri
    const pauseMs = found === undefined ? issuerPauseMs : issuerMetadataLifetimeMs
    if (known.size >= remoteKeySetsMax) known.clear()
    known.set(issuer, { jwksUri, askAgainAtMonotonicMs: clock.monotonicMs() + pauseMs })
    return jwksUri
  }

  return {
    keyFor({ kind, issuer, jwksUri }, wanted) {
      if (kind === 'spiffe') {
        return jwksUri === undefined ? unavailable : bundles.at(jwksUri).keyFor(wanted)
      }
      const look = (place: string | undefined): MaybePromise<KeyLookup> =>
        place === undefined ? unavailable : keySets.at(place).keyFor(wanted)
      const place = jwksUri ?? placeOf(issuer)
      return place instanceof Promise ? place.then(look) : look(place)
    },
  }
}

/** Asks the issuer's metadata; `undefined` for whatever goes wrong. */
async function jwksUriOf(
  issuer: string,
  transport: Transport,
  clock: Clock,
): Promise<string | undefined> {
  const aborting = new AbortController()
  const deadline = clock.schedule(issuerMetadataDeadlineMs, () => aborting.abort())
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const headers = { accept: 'application/json' }
    const { signal } = aborting
    const response = await transport(url, { headers, redirect: 'manual', signal })
    if (response.status !== 200) {
      await discardBody(response)
      return undefined
    }
    const body = await readBoundedText(response, issuerMetadataBytesMax)
    return body.ok ? jwksUriIn(body.text, issuer) : undefined
  } catch {
    return undefined
  } finally {
    deadline.cancel()
  }
}

function jwksUriIn(text: string, issuer: string): string | undefined {
  const document = parseJsonObject(text, { depthMax: 8, lengthMax: issuerMetadataBytesMax })
  if (!document.ok || textMember(document.value, 'issuer') !== issuer) return undefined
  const jwksUri = textMember(document.value, 'jwks_uri')
  if (jwksUri === undefined || !URL.canParse(jwksUri)) return undefined
  return isConfidentialUrl(new URL(jwksUri)) ? jwksUri : undefined
}
