/** How services judge a client assertion (RFC 7523 section 3), with what differs between them as parameters. */
import type { PublicJwk } from '@mintmark/jwt'
import type { Clock } from '@mintmark/runtime'
import { presentedJwt } from './presented-jwt.ts'
import type { ReceivedTokenRequest } from './received-token-request.ts'

/** What one service asks of assertions. */
export interface AssertionRules {
  readonly clientId: string
  readonly key: PublicJwk
  readonly audience: string
  /** The longest time from now to its end, in seconds. */
  readonly lifetimeSecondsMax: number
  /** Default: the client itself. */
  readonly issuer?: string
  readonly subject?: string
  /** Members that the protected header has to have, with these values. */
  readonly header?: Readonly<Record<string, string>>
}

/** What is wrong with an assertion. */
export type AssertionFault =
  | 'missing'
  | 'header'
  | 'signature'
  | 'party'
  | 'audience'
  | 'time'
  | 'replayed'

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const SKEW_SECONDS = 10

/** Makes a judge that remembers which assertions it has seen. */
export function assertionJudge(
  clock: Clock,
): (request: ReceivedTokenRequest, rules: AssertionRules) => Promise<AssertionFault | undefined> {
  const seen = new Set<unknown>()
  return async ({ parameters }, rules) => {
    const jwt = presentedJwt(parameters.client_assertion)
    if (jwt === undefined || parameters.client_assertion_type !== TYPE) return 'missing'
    const { header, claims } = jwt
    const { clientId, issuer = clientId, subject = clientId } = rules
    const hasHeader = Object.entries(rules.header ?? {}).every(
      ([name, value]) => header[name] === value,
    )
    if (!hasHeader) return 'header'
    if (!(await jwt.isSignedBy(rules.key))) return 'signature'
    if (claims.iss !== issuer || claims.sub !== subject) return 'party'
    if (claims.aud !== rules.audience) return 'audience'
    if (!isTimely(claims, clock.wallMs() / 1000, rules.lifetimeSecondsMax)) return 'time'
    if (claims.jti !== undefined && seen.has(claims.jti)) return 'replayed'
    seen.add(claims.jti)
    return undefined
  }
}

function isTimely(
  { exp, nbf = 0, iat = 0 }: Readonly<Record<string, unknown>>,
  nowSeconds: number,
  lifetimeSecondsMax: number,
): boolean {
  const latest = nowSeconds + lifetimeSecondsMax + SKEW_SECONDS
  const isLasting = typeof exp === 'number' && exp > nowSeconds && exp <= latest
  return (
    isLasting &&
    Number(nbf) <= nowSeconds + SKEW_SECONDS &&
    Number(iat) <= nowSeconds + SKEW_SECONDS
  )
}
