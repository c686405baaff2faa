/** The settings that only `mintmark guard` and `mintmark check-proxy` have. */
import { guardBodyBytesDefault } from './limits.ts'
import { optional, withDefault } from './setting.ts'
import { choice, path, single, toggle, url, wholeNumber } from './setting-kind.ts'

/** An origin: scheme, host and port, and nothing behind them. */
const origin = single(
  'an http(s) origin such as http://127.0.0.1:3000, without a path',
  '<origin>',
  (given) => {
    if (!/^https?:\/\/[^/?#@\\]+\/?$/.test(given) || !URL.canParse(given)) return undefined
    return new URL(given).origin
  },
)

/** By name. */
export const guardSettings = {
  url: optional(url, 'URL behind a proxy that takes a token'),
  openUrl: optional(url, 'URL behind the same proxy that takes none'),
  mode: withDefault(
    choice('<proxy>', ['generic', 'nginx']),
    'which proxy asks: nginx, or one that passes on what it is answered (Envoy, Traefik, Caddy)',
    'generic',
  ),
  upstream: optional(
    origin,
    'origin of the API: pass admitted requests on to it, instead of answering a proxy',
  ),
  keepAuthorization: withDefault(toggle, 'pass the access token on to the --upstream too', false),
  upstreamTimeoutSeconds: withDefault(
    wholeNumber('<seconds>', 1, 3_600),
    'how long the --upstream and the client may send nothing',
    60,
  ),
  bodyBytesMax: withDefault(
    wholeNumber('<bytes>', 0, Number.MAX_SAFE_INTEGER),
    'longest body that is passed on to the --upstream',
    guardBodyBytesDefault,
  ),
  publicOrigin: optional(
    origin,
    'origin by which clients know the API, for tokens that are bound to a key (DPoP)',
  ),
  keySetUrl: optional(url, 'JWK Set of the issuer, for one without metadata'),
  issuerProfile: optional(
    choice('<name>', ['rfc9068', 'auth0', 'cognito', 'entra', 'keycloak', 'okta']),
    'how tokens of a well-known issuer say what RFC 9068 asks for',
  ),
  followRevocations: withDefault(
    toggle,
    "follow the issuer's feed of revocations, as its metadata names it",
    false,
  ),
  whenRevocationsStale: optional(
    choice('<mode>', ['admit', 'refuse']),
    'what happens while that feed cannot be had; admit what it did not list, if none is given',
  ),
  introspect: optional(
    choice('<tokens>', ['opaque', 'all']),
    'ask the issuer, as --client-id, about opaque tokens, or about all, JWTs too',
  ),
  introspectionEndpoint: optional(url, 'where to ask, for an issuer without metadata'),
  introspectionCacheSeconds: withDefault(
    wholeNumber('<seconds>', 0, 3_600),
    'how long an answer that a token is active is used',
    30,
  ),
  senderBinding: optional(
    choice('<what>', ['dpop', 'certificate', 'any']),
    'refuse tokens that are not bound to this: a key (dpop), a certificate, or any of the two',
  ),
  sharedKeyFile: optional(
    path('<file>'),
    'file with the key that all guards of an API share, base64url of 32 to 64 bytes; for --redis and nonces',
  ),
  redisDeadlineMs: withDefault(
    wholeNumber('<milliseconds>', 1, 1_000),
    'how long a request waits for --redis; then it is as good as away',
    25,
  ),
  whenProofStoreUnavailable: optional(
    choice('<mode>', ['local', 'refuse']),
    'what happens to DPoP proofs while --redis is away; refuse, with 503, if none is given',
  ),
  resourceMetadataUrl: optional(url, 'where the metadata of the API is (RFC 9728), for challenges'),
  acceptLegacyTyp: withDefault(
    toggle,
    'take tokens whose typ is JWT or missing, as some providers sign them',
    false,
  ),
}
