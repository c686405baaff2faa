/** The attacks, in the order in which they are made. Each is what went wrong somewhere, or is one step beside it. */
import type { Attack } from './attack.ts'
import { bypassAttacks } from './bypass-attacks.ts'
import { framingAttacks } from './framing-attacks.ts'
import { identityAttacks } from './identity-attacks.ts'
import { tokenAttacks } from './token-attacks.ts'

/** All of them. */
export const attacks: readonly Attack[] = [
  ...identityAttacks,
  ...tokenAttacks,
  ...bypassAttacks,
  ...framingAttacks,
]
