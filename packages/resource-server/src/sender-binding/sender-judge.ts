/** Why a request is refused for who presents its token, as the answer that says so. */
import type { MaybePromise } from '@mintmark/jwt'
import type { Confirmation } from '@mintmark/protocol'
import type { Announce } from '../guard.ts'
import type { PresentedToken, TokenScheme } from '../presented-token.ts'
import type { RefusalResponses } from '../refusal-response.ts'
import type { Refusal } from '../verdict.ts'
import { type SenderRules, senderObstacle } from './sender-check.ts'
import type { SenderObstacle } from './sender-obstacle.ts'

/** Judges who presents a token: see {@link senderObstacle}. */
export type SenderJudge = (
  confirmation: Confirmation | undefined,
  presented: PresentedToken,
  announce: Announce | undefined,
) => MaybePromise<Refusal | undefined>

/** Makes the judge of one guard. */
export function createSenderJudge(rules: SenderRules, responses: RefusalResponses): SenderJudge {
  return (confirmation, presented, announce) => {
    const obstacle = senderObstacle(confirmation, presented, rules, announce)
    const conclude = (found: SenderObstacle | undefined) =>
      found && refusalOf(found, presented.scheme, responses)
    return obstacle instanceof Promise ? obstacle.then(conclude) : conclude(obstacle)
  }
}

/** The schemes under which somebody can get in. A token bound to a certificate alone is sent as Bearer. */
export function schemesOf({ required, checkProof }: SenderRules): readonly TokenScheme[] {
  if (checkProof === undefined) return ['Bearer']
  return required === 'dpop' ? ['DPoP'] : ['Bearer', 'DPoP']
}

function refusalOf(
  obstacle: SenderObstacle,
  scheme: TokenScheme,
  responses: RefusalResponses,
): Refusal {
  if ('nonce' in obstacle) return responses.nonceNeeded(obstacle.code, obstacle.nonce)
  if (!('retryAfterSeconds' in obstacle)) return responses.of(obstacle.code, scheme)
  return responses.unavailable(obstacle.code, obstacle.retryAfterSeconds)
}
