/**
 * What is wrong with a federated identity before anybody uses it. Trust that is too wide is how federation is broken
 * into: a subject that half of a platform can get, or an issuer that everybody can get a token from.
 */
import { isConfidentialUrl } from '@mintmark/protocol'
import type { FederatedIdentity } from '../../registry/client-settings.ts'
import { trustDomainOf } from './federated-claims.ts'
import { type IdentityFinding, refusedFinding } from './identity-finding.ts'
import { platformFindings } from './platform-subjects.ts'

/**
 * Looks an identity over. `ownIssuer` is the issuer identifier of this server.
 *
 * Knows the subjects of GitHub Actions, GitLab, Kubernetes, Terraform Cloud and SPIFFE; of others it says what holds
 * for all. Does not ask anybody anything.
 */
export function lintFederatedIdentity(
  identity: FederatedIdentity,
  ownIssuer?: string,
): readonly IdentityFinding[] {
  return [
    ...issuerFindings(identity, ownIssuer),
    ...subjectFindings(identity),
    ...audienceFindings(identity, ownIssuer),
    ...keyFindings(identity),
  ]
}

function issuerFindings(
  { kind, issuer }: FederatedIdentity,
  ownIssuer: string | undefined,
): readonly IdentityFinding[] {
  if (kind === 'spiffe') {
    if (trustDomainOf(`${issuer}/x`) === issuer) return []
    return [
      refusedFinding('issuer_malformed', 'the issuer is a trust domain like spiffe://prod.example'),
    ]
  }
  if (!URL.canParse(issuer) || /[?#\s*]/.test(issuer) || new URL(issuer).username !== '') {
    return [
      refusedFinding('issuer_malformed', 'the issuer is a URL without query, fragment and user'),
    ]
  }
  const findings: IdentityFinding[] = []
  if (!isConfidentialUrl(new URL(issuer))) {
    const why = 'without TLS anybody on the way can publish keys in the name of the issuer'
    findings.push(refusedFinding('issuer_not_https', why))
  }
  if (issuer === ownIssuer) {
    const why = 'with a token of this server a client would make itself another one, for ever'
    findings.push(refusedFinding('issuer_is_ourselves', why))
  }
  if (everybodysIssuers.has(issuer.replace(/\/$/, ''))) {
    const why =
      'everybody can have a token of this issuer, or none names it: use that of one tenant'
    findings.push(refusedFinding('issuer_is_everybody', why))
  }
  return findings
}

/** Where tenants of all kinds get tokens, under an issuer that says nothing about them. */
const everybodysIssuers = new Set([
  'https://login.microsoftonline.com/common',
  'https://login.microsoftonline.com/common/v2.0',
  'https://login.microsoftonline.com/organizations/v2.0',
  'https://login.microsoftonline.com/consumers/v2.0',
  'https://sts.windows.net',
])

function subjectFindings(identity: FederatedIdentity): readonly IdentityFinding[] {
  const { subject } = identity
  if (subject === '')
    return [refusedFinding('subject_missing', 'without a subject anybody of the issuer gets in')]
  if (/[\x00-\x20\x7f]/.test(subject)) {
    return [
      refusedFinding('subject_malformed', 'the subject has spaces or control characters in it'),
    ]
  }
  if (/[*?]|\.\+|\$\{|%2a/i.test(subject)) {
    const why =
      'subjects are compared as written: a pattern matches nobody here, and too many elsewhere'
    return [refusedFinding('subject_wildcard', why)]
  }
  return platformFindings(identity)
}

function audienceFindings(
  { audience }: FederatedIdentity,
  ownIssuer: string | undefined,
): readonly IdentityFinding[] {
  // Our own issuer identifier, which is the best that there is.
  if (audience === undefined || audience === ownIssuer) return []
  if (audience === '' || /\s/.test(audience)) {
    return [refusedFinding('audience_malformed', 'the audience is empty or has spaces in it')]
  }
  if (audience.includes('*')) {
    return [
      refusedFinding('audience_wildcard', 'a token for everybody is a token for whoever steals it'),
    ]
  }
  if (foreignAudiences.some((pattern) => pattern.test(audience))) {
    const why = 'tokens with this audience are made for another service, which could use them here'
    return [refusedFinding('audience_of_another', why)]
  }
  return []
}

/** Audiences that platforms put into tokens for others, or into all tokens that nobody chose an audience for. */
const foreignAudiences = [
  /^sts\.amazonaws\.com$/,
  /^api:\/\/AzureADTokenExchange/,
  /^https:\/\/iam\.googleapis\.com\//,
  /^https:\/\/github\.com\//,
  /^https:\/\/gitlab\.com$/,
  /^https:\/\/kubernetes\.default\.svc/,
  /^(?:https:\/\/)?kubernetes$/,
  /^(?:aws\.workload\.identity|gcp\.workload\.identity|azure\.workload\.identity|vault)$/,
  /^sigstore$/,
]

function keyFindings({ kind, issuer, jwksUri }: FederatedIdentity): readonly IdentityFinding[] {
  if (jwksUri === undefined) {
    const why = 'a trust domain does not say where its bundle is: name the bundle endpoint'
    return kind === 'spiffe' ? [refusedFinding('keys_missing', why)] : []
  }
  if (!URL.canParse(jwksUri) || !isConfidentialUrl(new URL(jwksUri))) {
    return [refusedFinding('keys_not_https', 'without TLS anybody on the way can publish keys')]
  }
  const isElsewhere = URL.canParse(issuer) && new URL(issuer).host !== new URL(jwksUri).host
  if (kind === 'spiffe' || !isElsewhere) return []
  const explanation = 'the keys are on another host than the issuer: make sure that it is theirs'
  return [{ severity: 'warning', code: 'keys_elsewhere', explanation }]
}
