/** A JWT that a client made, taken apart for a stand-in to judge: a client assertion or a proof. */
import {
  decodeBase64url,
  type PublicJwk,
  parsePublicJwk,
  platformEngine,
  signatureAlgorithms,
} from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'

/** Its parts, of which nothing is trusted. */
export interface PresentedJwt {
  readonly header: JsonObject
  readonly claims: JsonObject
  /** Whether the key made its signature, by the algorithm that the header names. */
  isSignedBy(key: PublicJwk): Promise<boolean>
}

/** Takes a compact JWT apart; `undefined` for anything else. */
export function presentedJwt(text: string | undefined): PresentedJwt | undefined {
  const [header, claims, signature, ...more] = (text ?? '').split('.')
  if (header === undefined || claims === undefined || signature === undefined) return undefined
  const octets = decodeBase64url(signature)
  if (octets === undefined || more.length > 0) return undefined
  try {
    const parsed = objectFrom(header)
    return {
      header: parsed,
      claims: objectFrom(claims),
      isSignedBy: async (key) => {
        const alg = signatureAlgorithms.find((name) => name === parsed.alg)
        if (alg === undefined) return false
        const engine = platformEngine()
        const imported = await engine.importVerificationKey(key, alg)
        return engine.verify(imported, `${header}.${claims}`, octets)
      },
    }
  } catch {
    return undefined
  }
}

/** The key that a proof carries; `undefined` when it is none, or not a public one. */
export function keyIn({ header }: PresentedJwt): PublicJwk | undefined {
  const parsed = parsePublicJwk(Object(header.jwk))
  return parsed.ok ? parsed.value : undefined
}

function objectFrom(segment: string): JsonObject {
  return Object(JSON.parse(new TextDecoder().decode(decodeBase64url(segment))))
}
