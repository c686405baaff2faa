/**
 * Makes the tokens of one turn of the event loop back to back: signs JWTs, seals opaque ones.
 *
 * Between two requests the HTTP code drives the signature's tables out of the processor's caches. So requests that were
 * parsed in one turn wait for its end, are signed one after another and then answered; a request that is alone waits
 * for nothing but its own turn.
 *
 * Invariants
 *  (1) Every request that is accepted is answered; what is signed here in the order of acceptance, what an external
 *      signer signs when it has.
 *  (2) One turn signs for a bounded time (`signing-backlog.ts`); what is left waits for the next. Of quick signatures
 *      a whole turn's worth does not wait for the end of the turn: while hundreds of requests are read, the first would
 *      grow old in the engine's heap, and collecting them cost a third of the time.
 *  (3) What would wait for too long is not accepted: `sign` says no at once (`signing-backlog.ts`).
 */
import {
  encodeBase64url,
  type SignatureAlgorithm,
  type SignatureEngine,
  type SynchronousSignatureEngine,
} from '@mintmark/jwt'
import type { Confirmation } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import { externalKeyOf } from '../signing-keys/external-signatures.ts'
import { type AccessTokenTemplate, type JwtForm, signingInputOf } from './access-token-template.ts'
import { encodeOpaqueClaims } from './opaque-claims.ts'
import type { OpaqueSeal } from './opaque-token.ts'
import type { SigningBacklog } from './signing-backlog.ts'

/** Signs what is handed to it at the end of the turn. */
export interface SigningTurn {
  /**
   * Signs a token at the end of this turn and hands it over; `false` when too many wait already. `undefined` instead of
   * a token: its key is kept by an external signer, which did not sign.
   */
  sign(
    template: AccessTokenTemplate,
    jti: string,
    confirmation: Confirmation | undefined,
    done: (token: string | undefined) => void,
  ): boolean
  /** How many wait. */
  readonly waiting: number
}

interface Waiting {
  readonly template: AccessTokenTemplate
  readonly jti: string
  /** To what the token is bound. */
  readonly confirmation: Confirmation | undefined
  readonly done: (token: string | undefined) => void
}

/** What one signature costs, as measured: only the proportion matters. */
const SIGNATURE_MICROSECONDS: Readonly<Record<SignatureAlgorithm, number>> = {
  ES256: 25,
  EdDSA: 36,
  RS256: 250,
  PS256: 250,
}

/** And what sealing costs. */
const SEAL_MICROSECONDS = 6

/** Makes one; a process needs one per server. */
export function createSigningTurn(
  engine: SynchronousSignatureEngine,
  seal: OpaqueSeal,
  wallMs: () => number,
  backlog: SigningBacklog,
  externalSignatures?: SignatureEngine,
): SigningTurn {
  let waiting: Waiting[] = []
  let isScheduled = false

  function schedule(): void {
    isScheduled = true
    setImmediate(signScheduled)
  }

  function signScheduled(): void {
    isScheduled = false
    if (waiting.length > 0) signTurn()
  }

  function signTurn(): void {
    const { count, costUs } = fittingInto(backlog.beginTurn(), waiting)
    const turn = waiting.slice(0, count)
    waiting = waiting.slice(count)
    if (waiting.length > 0 && !isScheduled) schedule()
    const nowSeconds = Math.floor(wallMs() / 1000)
    const tokens = turn.map((one) => made(one, nowSeconds, engine, seal))
    backlog.signed(count, costUs)
    for (const [at, { done }] of turn.entries()) done(tokens[at] as string)
  }

  async function signElsewhere(
    { template, jti, confirmation, done }: Waiting,
    form: JwtForm,
  ): Promise<void> {
    const nowSeconds = Math.floor(wallMs() / 1000)
    const input = signingInputOf(form, template.lifetimeSeconds, nowSeconds, jti, confirmation)
    let token: string | undefined
    try {
      invariant(externalSignatures !== undefined, 'who has external keys has external signatures')
      token = `${input}.${encodeBase64url(await externalSignatures.sign(form.key, input))}`
    } catch {
      token = undefined
    }
    done(token)
  }

  return {
    sign(template, jti, confirmation, done) {
      if (template.form.kind === 'jwt' && externalKeyOf(template.form.key) !== undefined) {
        void signElsewhere({ template, jti, confirmation, done }, template.form)
        return true
      }
      if (backlog.pressure >= 1) return false
      backlog.add(microsecondsFor(template))
      waiting.push({ template, jti, confirmation, done })
      if (backlog.fillsTurn) signTurn()
      else if (!isScheduled) schedule()
      return true
    },
    get waiting() {
      return waiting.length
    },
  }
}

function made(
  { template, jti, confirmation }: Waiting,
  nowSeconds: number,
  engine: SynchronousSignatureEngine,
  { seal }: OpaqueSeal,
): string {
  const { form, lifetimeSeconds } = template
  if (form.kind === 'opaque') {
    const claims = encodeOpaqueClaims(form.members, nowSeconds, lifetimeSeconds, confirmation)
    return seal(claims, jti, nowSeconds)
  }
  const input = signingInputOf(form, lifetimeSeconds, nowSeconds, jti, confirmation)
  return `${input}.${encodeBase64url(engine.sign(form.key, input))}`
}

/** How many of the waiting fit into one turn, at least one, and what they cost. */
function fittingInto(
  turnUs: number,
  waiting: readonly Waiting[],
): { readonly count: number; readonly costUs: number } {
  let costUs = 0
  let count = 0
  for (const { template } of waiting) {
    const nextUs = microsecondsFor(template)
    if (count > 0 && costUs + nextUs > turnUs) break
    costUs += nextUs
    count++
  }
  return { count, costUs }
}

function microsecondsFor({ form }: AccessTokenTemplate): number {
  return form.kind === 'opaque' ? SEAL_MICROSECONDS : SIGNATURE_MICROSECONDS[form.key.alg]
}
