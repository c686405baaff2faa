/**
 * Authentication by the certificate of the connection (RFC 8705 section 2): `tls_client_auth` for certificates of an
 * authority, `self_signed_tls_client_auth` for those whose key is registered.
 *
 * Invariants
 *  (1) The client is the one that `client_id` names; a certificate is never searched for a client.
 *  (2) By its name a certificate counts only when TLS, or a proxy that is trusted, has found its authority good.
 *  (3) Its validity is looked at for each request: a connection may outlive its certificate.
 */
import type { KeyRefusal, MaybePromise, PublicJwk } from '@mintmark/jwt'
import type { EndpointRequest, PeerCertificate } from '../../http/endpoint.ts'
import type { RefusalReason } from '../../refusal.ts'
import type { AuthenticationMethod } from '../../registry/client.ts'
import type { RegisteredClient } from '../../registry/registry-snapshot.ts'
import { type Authentication, notAuthenticated } from '../authentication.ts'
import type { AuthenticationWorld } from '../authentication-world.ts'
import { isCertificateOf, type ReadCertificate, readCertificate } from './certificate-names.ts'

/** Decides whether the certificate of the connection is that of the client that the request names. */
export function authenticateCertificate(
  clientId: string,
  request: EndpointRequest,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const client = world.registry().client(clientId)
  const method = client && certificateMethod(client)
  // Whoever has no certificate method has most likely forgotten its credentials.
  if (client === undefined || method === undefined) {
    return notAuthenticated('credentials_missing', client?.id)
  }
  const shown = request.certificate()
  if (shown === undefined) return notAuthenticated('certificate_missing', client.id)
  const certificate = readCertificate(shown.der)
  if (certificate === undefined) return notAuthenticated('certificate_malformed', client.id)
  const conclude = (reason: RefusalReason | undefined): Authentication => {
    const refusal = reason ?? doubtAbout(certificate, client, world.clock.wallMs())
    if (refusal !== undefined) return notAuthenticated(refusal, client.id)
    return { ok: true, client, method, secretId: undefined }
  }
  if (method === 'tls_client_auth') return conclude(refusalOfName(shown, certificate, client))
  const reason = refusalOfKey(certificate, client, world)
  return reason instanceof Promise ? reason.then(conclude) : conclude(reason)
}

function certificateMethod({
  authenticationMethods,
}: RegisteredClient): AuthenticationMethod | undefined {
  if (authenticationMethods.has('tls_client_auth')) return 'tls_client_auth'
  const selfSigned = 'self_signed_tls_client_auth'
  return authenticationMethods.has(selfSigned) ? selfSigned : undefined
}

function doubtAbout(
  { validFromWallMs, validToWallMs }: ReadCertificate,
  client: RegisteredClient,
  nowWallMs: number,
): RefusalReason | undefined {
  if (nowWallMs < validFromWallMs || nowWallMs > validToWallMs) return 'certificate_expired'
  return client.disabled ? 'client_disabled' : undefined
}

function refusalOfName(
  shown: PeerCertificate,
  certificate: ReadCertificate,
  { settings }: RegisteredClient,
): RefusalReason | undefined {
  if (!shown.isTrusted) return 'certificate_not_trusted'
  const isNamed = settings.certificate && isCertificateOf(certificate, settings.certificate)
  return isNamed === true ? undefined : 'certificate_of_another'
}

function refusalOfKey(
  { publicJwk }: ReadCertificate,
  { settings }: RegisteredClient,
  world: AuthenticationWorld,
): MaybePromise<RefusalReason | undefined> {
  const conclude = (keys: readonly PublicJwk[] | KeyRefusal): RefusalReason | undefined => {
    if ('refusal' in keys) {
      return keys.refusal === 'keys_unavailable'
        ? 'client_keys_unavailable'
        : 'certificate_of_another'
    }
    return keys.some((key) => isSameKey(key, publicJwk)) ? undefined : 'certificate_of_another'
  }
  const keys = world.clientKeys.keysOf(settings.keys)
  return keys instanceof Promise ? keys.then(conclude) : conclude(keys)
}

/** The material decides, not the name of a key. */
function isSameKey(key: PublicJwk, shown: ReadCertificate['publicJwk']): boolean {
  const members = key.kty === 'RSA' ? (['n', 'e'] as const) : (['crv', 'x', 'y'] as const)
  return key.kty === shown?.kty && members.every((name) => key[name] === shown[name])
}
