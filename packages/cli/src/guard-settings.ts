/** The settings that only `mintmark guard` has. */
import { optional, withDefault } from './setting.ts'
import { choice, single, toggle, url } from './setting-kind.ts'

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
  mode: withDefault(
    choice('<proxy>', ['generic', 'nginx']),
    'which proxy asks: nginx, or one that passes on what it is answered (Envoy, Traefik, Caddy)',
    'generic',
  ),
  publicOrigin: optional(
    origin,
    'origin by which clients know the API, for tokens that are bound to a key (DPoP)',
  ),
  keySetUrl: optional(url, 'JWK Set of the issuer, for one without metadata'),
  acceptLegacyTyp: withDefault(
    toggle,
    'take tokens whose typ is JWT or missing, as some providers sign them',
    false,
  ),
}
