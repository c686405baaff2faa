/** The public name of DPoP (RFC 9449): a factory, so that a client without it does not carry its code. */
import { platformEngine } from '@mintmark/jwt'
import { createDpopBinding } from './dpop-binding.ts'
import { type DpopOptions, resolveDpop } from './dpop-options.ts'
import type { SenderBinder } from './sender-binding.ts'

/**
 * Binds tokens to a key, so that a stolen one is of no use (RFC 9449): for the option `senderBinding`.
 *
 * Each request carries a proof, signed with the key, that is good for that request alone; nonces are sent where a
 * server asks for them. A token response of another type than DPoP is a failure, never a downgrade. A redirect is
 * followed with the proof for the first URL, which the second refuses.
 *
 * @throws TypeError for an unknown option, an algorithm that is not ours, and a key that is no private JWK of it.
 */
export function dpop(options: DpopOptions = {}): SenderBinder {
  const choice = resolveDpop(options)
  return Object.freeze({
    bind: (parts) => createDpopBinding({ ...parts, choice, engine: platformEngine() }),
  } satisfies SenderBinder)
}
