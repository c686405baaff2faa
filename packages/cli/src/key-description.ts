/** A signing key in words and as a JSON document. */
import type { SigningKeySummary } from '@mintmark/authorization-server'

/** What matters of a key in its state, on one line. */
export function keyText(key: SigningKeySummary): string {
  switch (key.state) {
    case 'next':
      return `published ${key.createdAt}, signs from ${key.activatesAt}`
    case 'active':
      return `signs since ${key.activatesAt}`
    case 'retiring':
      return `signed since ${key.activatesAt}, published until ${key.retiresAt}`
    case 'retired':
      return `left the JWK Set ${key.retiresAt}`
    case 'compromised':
      return `withdrawn ${key.compromisedAt}`
  }
}

/** The key as `--json` shows it. */
export function keyDocument(key: SigningKeySummary): Readonly<Record<string, unknown>> {
  return {
    kid: key.kid,
    alg: key.algorithm,
    state: key.state,
    signer: key.signer ?? null,
    created_at: key.createdAt,
    activates_at: key.activatesAt,
    retires_at: key.retiresAt ?? null,
    compromised_at: key.compromisedAt ?? null,
  }
}
