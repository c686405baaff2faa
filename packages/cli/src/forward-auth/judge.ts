/**
 * The judgement on one request, whichever way it came: the guard's verdict, the ring that the request counts in, and
 * who is calling.
 *
 * Invariants
 *  (1) A request counts in one ring, after the verdict: in the partner ring when it is admitted, in the public one
 *      otherwise. Who sends bad tokens uses up nothing of a partner behind the same address.
 *  (2) An outage is nobody's fault: a 503 counts in no ring.
 */
import type { IpAddress, Rings, RingVerdict } from '@mintmark/limits'
import { limitProblem } from '@mintmark/limits'
import type { Admission, Guard, GuardedRequest, Refusal } from '@mintmark/resource-server'
import { type Field, identityOf } from './identity-headers.ts'
import { ownRefusal, type RefusedAnswer } from './own-refusal.ts'

/** A request to be judged. */
export interface JudgedRequest {
  readonly guarded: GuardedRequest
  /** Scope tokens that it takes, separated by single spaces; `undefined` for none. */
  readonly scope: string | undefined
  /** Whose request it is, for the public ring. */
  readonly address: IpAddress | undefined
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

/** Makes a judge. @param rings - Default: nothing is limited. */
export function createJudge(guard: Guard, rings: Rings | undefined): Judge {
  return async ({ guarded, scope, address }) => {
    try {
      const announced: Field[] = []
      const requirement = scope === undefined ? {} : { scope }
      const verdict = await guard.decide(guarded, requirement, undefined, (name, value) => {
        announced.push([name.toLowerCase(), value])
      })
      const clientId = verdict.admitted ? verdict.clientId : undefined
      const counts = verdict.admitted || verdict.status !== 503
      const ring = counts ? await rings?.check({ address, clientId }) : undefined
      if (ring?.allowed === false) return { admitted: false, refusal: limited(ring) }
      const fields = [...announced, ...(ring?.headers ?? [])]
      return verdict.admitted
        ? identified(verdict, fields)
        : { admitted: false, refusal: refusedBy(verdict, fields) }
    } catch {
      return { admitted: false, refusal: ownRefusal('internal') }
    }
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

function limited({ verdict, ring, headers, status }: RingVerdict): RefusedAnswer {
  const type: Field = ['content-type', 'application/problem+json']
  return {
    status: status ?? 503,
    code: `${ring}_ring`,
    fields: [...headers, ['cache-control', 'no-store'], type],
    body: JSON.stringify(limitProblem(verdict)),
  }
}
