/**
 * Dialects: the shapes of existing token services that this server can take on by configuration alone. A dialect
 * moves paths and sets defaults; it never changes what is checked.
 */
import { limitPolicy } from '@mintmark/limits'
import { tokenLifetimeSecondsDefault } from './limits.ts'
import { type DialectLimits, ordinaryLimits } from './request-limits/request-limit-options.ts'

/** What a dialect decides. */
export interface Dialect {
  /** Paths of the endpoints, below the issuer's own path. */
  readonly paths: {
    readonly token: string
    readonly introspection: string
    readonly revocation: string
    readonly revocationFeed: string
    readonly jwkSet: string
    readonly registration: string
  }
  /** Lifetime of a token whose resource sets none. */
  readonly lifetimeSeconds: number
  /**
   * Whether a token response says which scope was granted. RFC 6749 section 5.1 requires it where the grant differs
   * from the request; only a dialect of a service that never says it leaves it out.
   */
  readonly tellsScope: boolean
  /** What may be asked for where nothing else is configured. */
  readonly limits: DialectLimits
}

function pathsBelow(prefix: string): Dialect['paths'] {
  return {
    token: `${prefix}/token`,
    introspection: `${prefix}/introspect`,
    revocation: `${prefix}/revoke`,
    revocationFeed: `${prefix}/revocations`,
    jwkSet: `${prefix}/jwks`,
    registration: `${prefix}/register`,
  }
}

const ordinary: Dialect = {
  paths: pathsBelow('/oauth'),
  lifetimeSeconds: tokenLifetimeSecondsDefault,
  tellsScope: true,
  limits: ordinaryLimits,
}

/** Whom it knows counts by credential, 100 at once and ten a second; everybody else by address. */
const credicorpRings: DialectLimits = {
  failures: {
    perClient: limitPolicy({ name: 'client-failures', quota: 60, windowSeconds: 60 }),
    perAddress: limitPolicy({ name: 'public', quota: 60, windowSeconds: 60 }),
  },
  clients: limitPolicy({ name: 'partner', quota: 600, windowSeconds: 60, burst: 100 }),
}

const dialects = {
  default: ordinary,
  /** Credicorp partner ring: everything below `/partner/v1/oauth`, and within its two rings. */
  credicorp: { ...ordinary, paths: pathsBelow('/partner/v1/oauth'), limits: credicorpRings },
  /** MyParcel.com: `POST /access-token` with a JSON body, tokens of a day, an answer of three members. */
  myparcel: {
    paths: { ...ordinary.paths, token: '/access-token' },
    lifetimeSeconds: 86_400,
    tellsScope: false,
    limits: ordinaryLimits,
  },
  /** Firsty Connect: everything below `/api/v3/auth`, tokens of a day. */
  firsty: { ...ordinary, paths: pathsBelow('/api/v3/auth'), lifetimeSeconds: 86_400 },
} as const satisfies Record<string, Dialect>

/** The name of a dialect. */
export type DialectName = keyof typeof dialects

/** Every dialect that there is. */
export const dialectNames = Object.keys(dialects) as readonly DialectName[]

/** The dialect of that name. */
export function dialectOf(name: DialectName): Dialect {
  return dialects[name]
}
