/** What a guard judges tokens by, made from its options: for each trusted issuer its keys, its claims and its feed. */
import { systemBackgroundTransport, systemTransport } from '@mintmark/runtime'
import { createClaimsReader } from './claims-reader.ts'
import { connect, type Introspector } from './introspection.ts'
import { IssuerEndpoint } from './issuer-endpoint.ts'
import { IssuerKeys } from './issuer-keys.ts'
import { issuerProfile } from './issuer-profile.ts'
import type { ResolvedGuardOptions } from './options.ts'
import { FeedFollower } from './revocation/feed-follower.ts'
import { createScopeReader } from './scope-claim.ts'
import type { IssuerTrust, TokenRules } from './token-verdict.ts'
import type { ResolvedIssuer } from './trusted-issuers.ts'

/** Makes the rules. Sends nothing and starts no timer. */
export function rulesFrom(options: ResolvedGuardOptions): TokenRules {
  const { algorithms, clock, engine } = options
  const issuers = new Map(options.issuers.map((one) => [one.issuer, trustIn(one, options)]))
  const types = new Set([...issuers.values()].flatMap(({ profile }) => [...profile.types]))
  return {
    ...{ issuers, algorithms, types, clock, engine },
    readScope: createScopeReader(),
    readClaims: createClaimsReader(options.claims),
  }
}

/** Connects the guard to what was given as `introspection`. Throws `TypeError` where the issuers do not fit. */
export function introspectorFor(
  { introspection, transport, random, observer }: ResolvedGuardOptions,
  rules: TokenRules,
): Introspector | undefined {
  return introspection?.[connect]({ rules, transport, random, observer })
}

function trustIn(trusted: ResolvedIssuer, options: ResolvedGuardOptions): IssuerTrust {
  const { clockToleranceSeconds, lifetimeSecondsMax, acceptLegacyTyp } = options
  const ageSecondsMax = options.tokenAgeSecondsMax
  const { issuer, audiences } = trusted
  const profile = issuerProfile(trusted.profile, acceptLegacyTyp)
  const { mayLackJti } = profile
  const keys = new IssuerKeys(trusted, options)
  return {
    issuer,
    keys,
    expected: {
      ...{ issuer, audiences, clockToleranceSeconds, lifetimeSecondsMax, ageSecondsMax },
      mayLackJti,
    },
    profile,
    feed: followerFor(trusted, keys, options),
  }
}

function followerFor(
  { issuer, revocationFeed }: ResolvedIssuer,
  keys: IssuerKeys,
  options: ResolvedGuardOptions,
): FeedFollower | undefined {
  const { revocation, transport, observer, clock, random, engine } = options
  if (revocation === undefined || revocationFeed === false) return undefined
  const endpoint = new IssuerEndpoint({
    issuer,
    configured: revocationFeed ?? revocation.url,
    named: 'revocationFeedEndpoint',
    transport,
    observer,
  })
  return new FeedFollower({
    issuer,
    endpoint,
    keys,
    options: revocation,
    clockToleranceSeconds: options.clockToleranceSeconds,
    engine,
    clock,
    random,
    transport,
    backgroundTransport: transport === systemTransport ? systemBackgroundTransport : transport,
    observer,
  })
}
