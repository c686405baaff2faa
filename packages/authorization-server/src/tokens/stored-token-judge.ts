/** Judges tokens of an issuer by its storage alone, for a command beside the servers or without any. */
import { type Clock, type RandomSource, silent } from '@mintmark/runtime'
import { openLiveState } from '../registry/live-state.ts'
import { requireNodeEngine } from '../registry/registry.ts'
import type { StorageSession } from '../storage/storage.ts'
import { GenuineTokens } from './genuine-tokens.ts'
import { createOpaqueSeal } from './opaque-token.ts'
import { claimsOfActiveToken } from './own-token.ts'
import type { TokenJudge } from './token-operations.ts'

/**
 * Makes the judge. It reads the whole state for each token: a command looks at one.
 *
 * Rejects with a TypeError when no issuer is named: what is sealed or signed for another one is not a token of ours.
 */
export function storedTokenJudge(
  session: StorageSession,
  issuer: string | undefined,
  ports: { readonly clock: Clock; readonly random: RandomSource },
): TokenJudge {
  return async (token) => {
    if (issuer === undefined) throw new TypeError('option "issuer" is needed to judge tokens')
    const engine = requireNodeEngine()
    const state = await openLiveState({ session, lastKnown: undefined }, engine, {
      ...{ ...ports, observer: silent },
      ...{ snapshotFile: undefined, graceSeconds: Number.POSITIVE_INFINITY },
    })
    await state.stop()
    const opaqueSeal = createOpaqueSeal(session.masterKey, issuer)
    const genuineTokens = new GenuineTokens(0)
    const world = { issuer, engine, state, opaqueSeal, genuineTokens }
    return claimsOfActiveToken(token, world, ports.clock.wallMs())
  }
}
