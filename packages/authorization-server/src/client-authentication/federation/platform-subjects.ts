/** How broad the subjects of well-known platforms are: what one names, and who else can have it. */
import type { FederatedIdentity } from '../../registry/client-settings.ts'
import { trustDomainOf } from './federated-claims.ts'
import type { IdentityFinding } from './identity-finding.ts'

/** What is wrong with a subject, as far as its platform is known. */
export function platformFindings(identity: FederatedIdentity): readonly IdentityFinding[] {
  const { kind, issuer, subject } = identity
  if (kind === 'spiffe') return spiffeFindings(identity)
  if (kind === 'kubernetes' || subject.startsWith('system:')) return kubernetesFindings(subject)
  const platform = platforms.find(({ isIssuer }) => isIssuer.test(issuer))
  if (platform === undefined) {
    return subject.length < 3 ? [broad('a subject that short is hardly of one workload')] : []
  }
  return platform.findings(subject)
}

interface Platform {
  readonly isIssuer: RegExp
  readonly findings: (subject: string) => readonly IdentityFinding[]
}

const platforms: readonly Platform[] = [
  {
    isIssuer: /^https:\/\/token\.actions\.githubusercontent\.com(?:\/|$)/,
    findings: githubFindings,
  },
  { isIssuer: /^https:\/\/gitlab\./, findings: gitlabFindings },
  { isIssuer: /^https:\/\/app\.terraform\.io(?:\/|$)/, findings: terraformFindings },
]

/** `repo:OWNER/NAME:environment:NAME`, `:ref:refs/heads/NAME`, `:pull_request`. */
function githubFindings(subject: string): readonly IdentityFinding[] {
  const parts = /^repo:[^:/]+\/[^:/]+:(.+)$/.exec(subject)
  if (parts === null) return [broad('name one repository, and its environment or branch')]
  const context = parts[1] ?? ''
  if (context === 'pull_request') {
    return [broad('whoever opens a pull request, from a fork too, runs with this subject')]
  }
  if (/^(?:environment:.+|ref:refs\/(?:heads|tags)\/.+|job_workflow_ref:.+)$/.test(context)) {
    const isTag = context.startsWith('ref:refs/tags/')
    return isTag ? [doubtful('tags can be moved by whoever may push')] : []
  }
  return [broad('name the environment or the branch of the repository')]
}

/** `project_path:GROUP/NAME:ref_type:branch:ref:NAME`. */
function gitlabFindings(subject: string): readonly IdentityFinding[] {
  if (!/^project_path:[^:]+\/[^:]+:ref_type:(?:branch|tag):ref:[^:]+$/.test(subject)) {
    return [broad('name one project and its branch')]
  }
  return subject.includes(':ref_type:tag:')
    ? [doubtful('tags can be moved by whoever may push')]
    : []
}

/** `organization:O:project:P:workspace:W:run_phase:R`. */
function terraformFindings(subject: string): readonly IdentityFinding[] {
  const isWhole = /^organization:[^:]+:project:[^:]+:workspace:[^:]+:run_phase:(plan|apply)$/
  const phase = isWhole.exec(subject)?.[1]
  if (phase === undefined) return [broad('name organization, project, workspace and run phase')]
  const why = 'plans run for changes that nobody has approved yet'
  return phase === 'plan' ? [doubtful(why)] : []
}

/** `system:serviceaccount:NAMESPACE:NAME`. */
function kubernetesFindings(subject: string): readonly IdentityFinding[] {
  const parts = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(subject)
  if (parts === null)
    return [broad('name one service account: system:serviceaccount:NAMESPACE:NAME')]
  const [, namespace, name] = parts
  if (name === 'default') {
    return [broad('every pod of the namespace that names no account runs as this one')]
  }
  return namespace === 'kube-system' || namespace === 'default'
    ? [doubtful('too many may start pods in this namespace')]
    : []
}

function spiffeFindings({ issuer, subject }: FederatedIdentity): readonly IdentityFinding[] {
  const domain = trustDomainOf(subject)
  if (domain === undefined) {
    return [
      broad('name one workload: a SPIFFE ID with a path, such as spiffe://prod.example/billing'),
    ]
  }
  if (domain === issuer) return []
  const explanation = 'the subject is of another trust domain than the one that vouches for it'
  return [{ severity: 'refused', code: 'subject_of_another_issuer', explanation }]
}

function broad(explanation: string): IdentityFinding {
  return { severity: 'refused', code: 'subject_too_broad', explanation }
}

function doubtful(explanation: string): IdentityFinding {
  return { severity: 'warning', code: 'subject_too_broad', explanation }
}
