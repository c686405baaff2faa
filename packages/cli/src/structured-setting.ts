/**
 * The kinds of settings that stand for more than one value, each with a spelling of its own on one line. What the parts
 * may be is for the registry to say; here they are only taken apart.
 */
import type {
  CertificateIdentity,
  FederatedIdentity,
  GrantDraft,
  Quota,
  ResourceSettings,
} from '@mintmark/authorization-server'
import { type SettingKind, single } from './setting-kind.ts'

/** `name=10000/86400`: so many tokens in so many seconds. */
export const quota: SettingKind<Quota> = single(
  'a quota like daily=10000/86400 (tokens/seconds)',
  '<name=tokens/seconds>',
  (given) => {
    const [, name, tokens, seconds] = QUOTA.exec(given) ?? []
    if (name === undefined) return undefined
    return { name, tokens: Number(tokens), windowSeconds: Number(seconds) }
  },
)

const QUOTA = /^([A-Za-z0-9_-]{1,32})=(\d{1,12})\/(\d{1,9})$/

/** `https://api.example read write`: a resource and scopes that it owns. */
export const grant: SettingKind<GrantDraft> = single(
  'a resource and scopes like "https://api.example read write"',
  '<url scope…>',
  (given) => {
    const [, resource, scope] = /^(\S+) +(\S.*)$/s.exec(given) ?? []
    return resource === undefined || scope === undefined ? undefined : { resource, scope }
  },
)

/** `subject_dn=CN=partner`: which name of a certificate, and what it is. */
export const certificate: SettingKind<CertificateIdentity> = single(
  'a name like san_dns=client.example or subject_dn=CN=partner,O=Example',
  '<kind=name>',
  (given) => {
    const [, kind, value = ''] = /^([a-z_]+)=(.+)$/s.exec(given) ?? []
    const known = certificateKinds.find((one) => one === kind)
    return known && { kind: known, value }
  },
)

const certificateKinds = [
  'subject_dn',
  'san_dns',
  'san_uri',
  'san_ip',
  'san_email',
] as const satisfies readonly CertificateIdentity['kind'][]

/** `kind=kubernetes issuer=https://k8s.example subject=system:serviceaccount:prod:orders`. */
export const federatedIdentity: SettingKind<FederatedIdentity> = single(
  'parts like kind=oidc issuer=https://issuer.example subject=job, with audience and jwks_uri where needed',
  '<kind=… issuer=… subject=…>',
  (given) => {
    const parts = new Map<string, string>()
    for (const part of given.split(' ').filter(Boolean)) {
      const [, name = '', value = ''] = /^([a-z_]+)=(.+)$/s.exec(part) ?? []
      if (!identityParts.includes(name) || parts.has(name)) return undefined
      parts.set(name, value)
    }
    const kind = identityKinds.find((one) => one === parts.get('kind'))
    const [issuer, subject] = [parts.get('issuer'), parts.get('subject')]
    if (kind === undefined || issuer === undefined || subject === undefined) return undefined
    const [audience, jwksUri] = [parts.get('audience'), parts.get('jwks_uri')]
    return { kind, issuer, subject, audience, jwksUri }
  },
)

const identityParts = ['kind', 'issuer', 'subject', 'audience', 'jwks_uri']
const identityKinds = [
  'oidc',
  'kubernetes',
  'spiffe',
] as const satisfies readonly FederatedIdentity['kind'][]

/** The members of one type of `authorization_details`. */
export type DetailsMembers = readonly [
  type: string,
  members: ResourceSettings['authorizationDetailsMembers'][string],
]

/** `decision=amount currency`: a type, and the members that it has beside the common ones. */
export const detailsMembers: SettingKind<DetailsMembers> = single(
  'a type and its members, like decision=amount currency',
  '<type=members>',
  (given) => {
    const [, type, members = ''] = /^(.+)=([^=]+)$/s.exec(given) ?? []
    const names = members.split(' ').filter(Boolean)
    return type === undefined || names.length === 0 ? undefined : [type, names]
  },
)
