import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type IdentityFindingCode, lintFederatedIdentity } from '../../../src/index.ts'
import type { FederatedIdentity } from '../../../src/registry/client-settings.ts'
import { the } from '../../serving.ts'

const github = 'https://token.actions.githubusercontent.com'
const cluster = 'https://cluster.example'

function identity(more: Partial<FederatedIdentity>): FederatedIdentity {
  const plain = {
    kind: 'oidc',
    issuer: github,
    subject: 'repo:org/app:environment:production',
  } as const
  return { ...plain, audience: undefined, jwksUri: undefined, ...more }
}

const kubernetes = (subject: string) => identity({ kind: 'kubernetes', issuer: cluster, subject })
const spiffe = (more: Partial<FederatedIdentity>) =>
  identity({
    ...{
      kind: 'spiffe',
      issuer: 'spiffe://prod.example',
      subject: 'spiffe://prod.example/billing',
    },
    ...{ jwksUri: 'https://bundle.example', ...more },
  })
const gitlab = (subject: string) => identity({ issuer: 'https://gitlab.com', subject })
const terraform = (subject: string) => identity({ issuer: 'https://app.terraform.io', subject })

/** Policies as they are found in the field, each a way in for somebody else. */
const bad: Record<string, [FederatedIdentity, IdentityFindingCode]> = {
  'any repository': [identity({ subject: 'repo:*' }), 'subject_wildcard'],
  'any repository of an owner': [identity({ subject: 'repo:org/*' }), 'subject_wildcard'],
  'any branch of a repository': [identity({ subject: 'repo:org/app:*' }), 'subject_wildcard'],
  'any branch by name': [
    identity({ subject: 'repo:org/app:ref:refs/heads/*' }),
    'subject_wildcard',
  ],
  'a prefix with a question mark': [
    identity({ subject: 'repo:org/app?:ref:x' }),
    'subject_wildcard',
  ],
  'a regular expression': [
    identity({ subject: 'repo:org/.+:ref:refs/heads/main' }),
    'subject_wildcard',
  ],
  'an encoded wildcard': [identity({ subject: 'repo:org/%2A:ref:x' }), 'subject_wildcard'],
  'a variable nobody filled in': [
    identity({ subject: `repo:$${'{ORG}'}/app:x` }),
    'subject_wildcard',
  ],
  everybody: [identity({ subject: '*' }), 'subject_wildcard'],
  'nobody in particular': [identity({ subject: '' }), 'subject_missing'],
  'a subject with a space': [
    identity({ subject: 'repo:org/app:environment:a b' }),
    'subject_malformed',
  ],
  'a subject with a line break': [identity({ subject: 'repo:org/app:x\n' }), 'subject_malformed'],
  'a repository without context': [identity({ subject: 'repo:org/app' }), 'subject_too_broad'],
  'an owner': [identity({ subject: 'repo:org' }), 'subject_too_broad'],
  'the owner by its claim': [identity({ subject: 'repository_owner:org' }), 'subject_too_broad'],
  'pull requests': [identity({ subject: 'repo:org/app:pull_request' }), 'subject_too_broad'],
  'a context that is a word': [identity({ subject: 'repo:org/app:main' }), 'subject_too_broad'],
  'every project': [gitlab('project_path:*'), 'subject_wildcard'],
  'a group': [gitlab('project_path:group'), 'subject_too_broad'],
  'every branch of a project': [gitlab('project_path:group/app'), 'subject_too_broad'],
  'a branch without its type': [gitlab('project_path:group/app:ref:main'), 'subject_too_broad'],
  'every workspace': [
    terraform('organization:o:project:p:workspace:*:run_phase:apply'),
    'subject_wildcard',
  ],
  'an organization': [terraform('organization:o'), 'subject_too_broad'],
  'the default service account': [
    kubernetes('system:serviceaccount:billing:default'),
    'subject_too_broad',
  ],
  'all service accounts': [kubernetes('system:serviceaccounts'), 'subject_too_broad'],
  'a namespace of service accounts': [
    kubernetes('system:serviceaccounts:billing'),
    'subject_too_broad',
  ],
  'any account of a namespace': [kubernetes('system:serviceaccount:billing:*'), 'subject_wildcard'],
  'a node': [kubernetes('system:node:worker-1'), 'subject_too_broad'],
  administrators: [kubernetes('system:masters'), 'subject_too_broad'],
  'a whole trust domain': [spiffe({ subject: 'spiffe://prod.example' }), 'subject_too_broad'],
  'a trust domain with a slash': [
    spiffe({ subject: 'spiffe://prod.example/' }),
    'subject_too_broad',
  ],
  'a path that goes up': [spiffe({ subject: 'spiffe://prod.example/a/../b' }), 'subject_too_broad'],
  'another trust domain': [
    spiffe({ subject: 'spiffe://evil.example/billing' }),
    'subject_of_another_issuer',
  ],
  'a trust domain that begins alike': [
    spiffe({ subject: 'spiffe://prod.example.evil/billing' }),
    'subject_of_another_issuer',
  ],
  'a trust domain without a bundle': [spiffe({ jwksUri: undefined }), 'keys_missing'],
  'a trust domain with a path': [spiffe({ issuer: 'spiffe://prod.example/x' }), 'issuer_malformed'],
  'an issuer without TLS': [identity({ issuer: 'http://issuer.example' }), 'issuer_not_https'],
  'keys without TLS': [identity({ jwksUri: 'http://keys.example' }), 'keys_not_https'],
  'an issuer with a query': [identity({ issuer: `${github}?x` }), 'issuer_malformed'],
  'an issuer with a wildcard': [identity({ issuer: 'https://*.example' }), 'issuer_malformed'],
  'an issuer that is a name': [identity({ issuer: 'github' }), 'issuer_malformed'],
  'an issuer with a user': [identity({ issuer: 'https://a@issuer.example' }), 'issuer_malformed'],
  'all tenants of a directory': [
    identity({ issuer: 'https://login.microsoftonline.com/common/v2.0', subject: 'abcdef' }),
    'issuer_is_everybody',
  ],
  'this server itself': [identity({ issuer: the.issuer }), 'issuer_is_ourselves'],
  'an empty audience': [identity({ audience: '' }), 'audience_malformed'],
  'any audience': [identity({ audience: '*' }), 'audience_wildcard'],
  'the audience of a cloud': [identity({ audience: 'sts.amazonaws.com' }), 'audience_of_another'],
  'the audience of another cloud': [
    identity({ audience: 'api://AzureADTokenExchange' }),
    'audience_of_another',
  ],
  'the audience that nobody chose': [
    identity({ audience: 'https://github.com/org' }),
    'audience_of_another',
  ],
  'the audience of a cluster': [
    identity({ audience: 'https://kubernetes.default.svc.cluster.local' }),
    'audience_of_another',
  ],
  'a subject of one letter': [
    identity({ issuer: 'https://i.example', subject: 'a' }),
    'subject_too_broad',
  ],
}

for (const [name, [policy, code]] of Object.entries(bad)) {
  test(`trust in ${name} is refused: ${code} [A6]`, () => {
    const refused = lintFederatedIdentity(policy, the.issuer).filter(
      ({ severity }) => severity === 'refused',
    )
    assert.ok(refused.some((finding) => finding.code === code))
    assert.ok(refused.every(({ explanation }) => explanation.length > 20))
  })
}

const good: Record<string, FederatedIdentity> = {
  'one environment of a repository': identity({}),
  'one branch of a repository': identity({ subject: 'repo:org/app:ref:refs/heads/main' }),
  'one branch of a project': gitlab('project_path:group/sub/app:ref_type:branch:ref:main'),
  'the runs of a workspace': terraform('organization:o:project:p:workspace:w:run_phase:apply'),
  'one service account': kubernetes('system:serviceaccount:billing:worker'),
  'one workload of a trust domain': spiffe({}),
  'one subject of any issuer': identity({ issuer: 'https://i.example', subject: 'f81d4fae-7dec' }),
  'an audience of ours': identity({ audience: the.issuer }),
}

for (const [name, policy] of Object.entries(good)) {
  test(`trust in ${name} is fine [A6]`, () => {
    assert.deepEqual(lintFederatedIdentity(policy, the.issuer), [])
  })
}

const doubtful: Record<string, FederatedIdentity> = {
  'a tag': identity({ subject: 'repo:org/app:ref:refs/tags/v1' }),
  plans: terraform('organization:o:project:p:workspace:w:run_phase:plan'),
  'an account of the namespace kube-system': kubernetes('system:serviceaccount:kube-system:worker'),
  'keys on another host': identity({ jwksUri: 'https://keys.example/jwks' }),
}

for (const [name, policy] of Object.entries(doubtful)) {
  test(`trust in ${name} is warned about, and allowed [A6]`, () => {
    const severities = lintFederatedIdentity(policy, the.issuer).map(({ severity }) => severity)
    assert.deepEqual(severities, ['warning'])
  })
}

test('no identity makes the lint throw, and none with a star is let through [A6]', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('repo:', 'spiffe://a', 'https://a.example', '*'),
  )
  const identities = fc.record({
    kind: fc.constantFrom('oidc', 'kubernetes', 'spiffe'),
    ...{ issuer: text, subject: text },
    audience: fc.option(text, { nil: undefined }),
    jwksUri: fc.option(text, { nil: undefined }),
  })
  fc.assert(
    fc.property(identities, (policy) => {
      const findings = lintFederatedIdentity(policy as FederatedIdentity)
      if (!policy.subject.includes('*')) return
      assert.ok(findings.some(({ severity }) => severity === 'refused'))
    }),
    { numRuns: 200 },
  )
})
