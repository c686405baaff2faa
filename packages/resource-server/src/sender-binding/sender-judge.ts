/** Why a request is refused for who presents its token, as the answer that says so. */
import type { MaybePromise } from '@mintmark/jwt'
import type { Announce } from '../guard.ts'
import type { PresentedToken, TokenScheme } from '../presented-token.ts'
import type { RefusalResponses } from '../refusal-response.ts'
import type { Refusal } from '../verdict.ts'
import type { UnusedProof } from './proof-check.ts'
import { checkSender, type SenderRules, type TokenSender } from './sender-check.ts'
import type { SenderObstacle } from './sender-obstacle.ts'

/** A sender who has proved possession, with a proof that does not count yet. */
export interface ProvedSender {
  /** Uses the proof up. The refusal is there when somebody else was first, or when nobody can tell. */
  useProof(): Promise<Refusal | undefined>
  /** For a request that is refused before: the proof stays good. */
  withdrawProof(): void
}

/** Judges who presents a token: see {@link checkSender}. */
export type SenderJudge = (
  token: TokenSender,
  presented: PresentedToken,
  announce: Announce | undefined,
) => MaybePromise<Refusal | ProvedSender | undefined>

/** Makes the judge of one guard. */
export function createSenderJudge(rules: SenderRules, responses: RefusalResponses): SenderJudge {
  return (token, presented, announce) => {
    const checked = checkSender(token, presented, rules, announce)
    const refusalOf = (obstacle: SenderObstacle | undefined) =>
      obstacle && refusalFor(obstacle, presented.scheme, responses)
    const conclude = (found: SenderObstacle | UnusedProof | undefined) =>
      found !== undefined && 'use' in found ? provedBy(found, refusalOf) : refusalOf(found)
    return checked instanceof Promise ? checked.then(conclude) : conclude(checked)
  }
}

/** The schemes under which somebody can get in. A token bound to a certificate alone is sent as Bearer. */
export function schemesOf({ required, checkProof }: SenderRules): readonly TokenScheme[] {
  if (checkProof === undefined) return ['Bearer']
  return required === 'dpop' ? ['DPoP'] : ['Bearer', 'DPoP']
}

function provedBy(
  { use, withdraw }: UnusedProof,
  refusalOf: (obstacle: SenderObstacle | undefined) => Refusal | undefined,
): ProvedSender {
  return { useProof: async () => refusalOf(await use()), withdrawProof: withdraw }
}

function refusalFor(
  obstacle: SenderObstacle,
  scheme: TokenScheme,
  responses: RefusalResponses,
): Refusal {
  if ('nonce' in obstacle) return responses.nonceNeeded(obstacle.code, obstacle.nonce)
  if (!('retryAfterSeconds' in obstacle)) return responses.of(obstacle.code, scheme)
  return responses.unavailable(obstacle.code, obstacle.retryAfterSeconds)
}
