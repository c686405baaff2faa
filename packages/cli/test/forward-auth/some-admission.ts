/** An admission without a token behind it, for what is made of one. */
import { parseScope } from '@mintmark/protocol'
import type { Admission } from '@mintmark/resource-server'
import { the } from '@mintmark/testkit'

export interface AdmittedIdentity {
  readonly clientId?: string
  readonly subject?: string
  readonly scope?: string
  readonly issuer?: string
}

export function someAdmission({
  clientId = 'partner-a',
  subject = 'partner-a',
  scope = 'decisions:read',
  issuer = 'https://auth.example',
}: AdmittedIdentity = {}): Admission {
  const parsed = parseScope(scope)
  if (!parsed.ok) throw new Error(parsed.violation)
  const times = { iat: the.nowSeconds, exp: the.nowSeconds + 600 }
  const names = { iss: issuer, sub: subject, client_id: clientId, jti: 'j' }
  return {
    ...{ admitted: true, issuer, clientId, subject, audience: ['https://api.example'] },
    claims: { ...names, ...times, aud: 'https://api.example' },
    scope: parsed.value,
    expiresAtWallMs: times.exp * 1_000,
    tokenFingerprint: async () => '0123456789abcdef',
  }
}
