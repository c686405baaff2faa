/**
 * A guard whose refusals carry receipts. What another guard decides is not touched; admissions pass as they are, at no
 * cost.
 *
 * Invariants
 *  (1) A receipt never decides: where none can be made, the refusal goes out without one.
 *  (2) At most so many receipts are made each second as are configured, so that a flood of bad tokens costs what it
 *      costs without them.
 *  (3) A refusal that tells nothing, for want of credentials (RFC 6750 section 3.1), has no receipt either.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Clock } from '@mintmark/runtime'
import type { Guard } from '../guard.ts'
import type { GuardedRequest } from '../guarded-request.ts'
import type { ResolvedGuardOptions } from '../options.ts'
import type { Refusal, Verdict } from '../verdict.ts'
import { receiptFacts } from './receipt-facts.ts'
import type { ResolvedReceipts } from './receipt-options.ts'
import { createReceiptSealer, type ReceiptSealer } from './receipt-sealing.ts'

/** The same guard, with receipts on its refusals where the options ask for them. */
export function withReceipts(guard: Guard<unknown>, options: ResolvedGuardOptions): Guard<unknown> {
  const { receipts, issuers, random, clock, tokenAgeSecondsMax } = options
  if (receipts === undefined) return guard
  return guardWithReceipts(guard, {
    ...{ receipts, clock, ageSecondsMax: tokenAgeSecondsMax },
    sealer: createReceiptSealer(receipts.key, random),
    issuers: new Set(issuers.map(({ issuer }) => issuer)),
  })
}

/** What receipts are made with. */
interface ReceiptWorld {
  readonly receipts: ResolvedReceipts
  readonly sealer: ReceiptSealer
  readonly issuers: ReadonlySet<string>
  readonly ageSecondsMax: number | undefined
  readonly clock: Clock
}

function guardWithReceipts(guard: Guard<unknown>, world: ReceiptWorld): Guard<unknown> {
  const hasBudget = createBudget(world)
  const complete = (request: GuardedRequest, verdict: Verdict<unknown>) =>
    verdict.admitted || verdict.body === '' || !hasBudget()
      ? verdict
      : withReceipt(verdict, request, guard, world)
  return {
    metadata: guard.metadata,
    async check(request, requirement) {
      return await complete(request, await guard.check(request, requirement))
    },
    decide(request, ...others): MaybePromise<Verdict<unknown>> {
      const verdict = guard.decide(request, ...others)
      return verdict instanceof Promise
        ? verdict.then((later) => complete(request, later))
        : complete(request, verdict)
    },
    ready: () => guard.ready(),
    warm: () => guard.warm(),
    dispose: () => guard.dispose(),
  }
}

/** Counts by seconds of the monotonic clock. */
function createBudget({ receipts, clock }: ReceiptWorld): () => boolean {
  let second = Number.NaN
  let made = 0
  return () => {
    const now = Math.floor(clock.monotonicMs() / 1000)
    if (now !== second) [second, made] = [now, 0]
    made += 1
    return made <= receipts.perSecondMax
  }
}

async function withReceipt(
  refusal: Refusal,
  request: GuardedRequest,
  guard: Guard<unknown>,
  { sealer, issuers, ageSecondsMax, clock }: ReceiptWorld,
): Promise<Refusal> {
  const { keysAgeSeconds } = guard.ready()
  const sources = { atWallMs: clock.wallMs(), issuers, ageSecondsMax, keysAgeSeconds }
  try {
    return naming(await sealer.seal(receiptFacts(request, refusal.code, sources)), refusal)
  } catch {
    return refusal
  }
}

/** `error_uri` beside `error`, in the challenge (RFC 6750 section 3) and in the body. */
function naming(receipt: string, refusal: Refusal): Refusal {
  const headers = refusal.headers.map(([name, value]) => {
    const isChallenge = name === 'www-authenticate'
    const text = isChallenge ? value.replace(' error="', ` error_uri="${receipt}", error="`) : value
    return Object.freeze([name, text] as const)
  })
  const body = JSON.stringify({ ...JSON.parse(refusal.body), error_uri: receipt })
  return Object.freeze({ ...refusal, headers: Object.freeze(headers), body })
}
