/**
 * The judgement on one request, whichever way it came: the verdict of the library's own protection, which has the rule
 * about rings too, and who is calling.
 *
 * Invariants
 *  (1) Nothing is decided here that `@mintmark/resource-server` decides: whether a request is admitted, where it
 *      counts, and what a refusal is called are the same as in a program that protects itself.
 *  (2) What goes wrong admits nobody.
 */
import type { ClientAddressReader, Rings } from '@mintmark/limits'
import type { Admission, Guard, GuardedRequest, Refusal } from '@mintmark/resource-server'
import { createProtection, type Protection } from '@mintmark/resource-server/protection'
import { checkTargetsMax } from '../limits.ts'
import { type Field, identityOf } from './identity-headers.ts'
import { ownRefusal, type RefusedAnswer } from './own-refusal.ts'

/** A request to be judged. */
export interface JudgedRequest {
  /** With the connection it came over, which tells whose it is. */
  readonly guarded: GuardedRequest
  /** Scope tokens that it takes, separated by single spaces; `undefined` for none. */
  readonly scope: string | undefined
}

/** What becomes of a request. `fields` are for the answer that the client gets. */
export type Judgement =
  | {
      readonly admitted: true
      readonly identity: readonly Field[]
      readonly fields: readonly Field[]
    }
  | { readonly admitted: false; readonly refusal: RefusedAnswer }

/** Judges. Never rejects: what goes wrong admits nobody. */
export type Judge = (request: JudgedRequest) => Promise<Judgement>

/** What it is judged by. */
export interface JudgingParts {
  readonly guard: Guard
  /** `undefined`: nothing is limited. */
  readonly rings: Rings | undefined
  /** Whose word about addresses is believed, for the rings. */
  readonly addresses: ClientAddressReader
}

/** Makes a judge. */
export function createJudge(parts: JudgingParts): Judge {
  const protectionFor = protectionsByScope(parts)
  return async ({ guarded, scope }) => {
    try {
      const fields: Field[] = []
      const verdict = await protectionFor(scope).decide(guarded, (name, value) => {
        fields.push([name.toLowerCase(), value])
      })
      return verdict.admitted
        ? identified(verdict, fields)
        : { admitted: false, refusal: refusedBy(verdict, fields) }
    } catch {
      return { admitted: false, refusal: ownRefusal('internal') }
    }
  }
}

/** A route is a scope here. Those of a proxy's configuration are few and remembered; others are made anew. */
function protectionsByScope({
  guard,
  rings,
  addresses,
}: JudgingParts): (scope: string | undefined) => Protection {
  const known = new Map<string | undefined, Protection>()
  return (scope) => {
    const remembered = known.get(scope)
    if (remembered !== undefined) return remembered
    const protection = createProtection({
      guard,
      ...(scope !== undefined && { scope }),
      ...(rings !== undefined && { rings, addresses }),
    })
    if (known.size < checkTargetsMax) known.set(scope, protection)
    return protection
  }
}

function identified(admission: Admission, fields: readonly Field[]): Judgement {
  const identity = identityOf(admission)
  return identity === undefined
    ? { admitted: false, refusal: ownRefusal('identity_too_long') }
    : { admitted: true, identity, fields }
}

function refusedBy(
  { status, code, headers, body }: Refusal,
  fields: readonly Field[],
): RefusedAnswer {
  return { status, code, fields: [...headers, ...fields], body }
}
