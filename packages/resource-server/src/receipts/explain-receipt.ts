/** What a receipt stands for, in words. */
import type { RefusalCode } from '../refusal.ts'
import { type OpenedReceipt, openReceipt } from './receipt-sealing.ts'
import { refusalExplanations } from './refusal-explanations.ts'

/** A refusal of a guard, explained. */
export interface ReceiptExplanation extends OpenedReceipt {
  /** Why the request was refused. */
  readonly meaning: string
  /** What to do about it. */
  readonly advice: string
  /** How far the key that the token names was looked at: it is `'known'` when the issuer publishes it. */
  readonly signingKey: 'known' | 'unknown' | 'not looked at'
}

/**
 * Explains what a receipt of a guard stands for; `undefined` for anything that was not made under this key.
 *
 * @param key - Option `receipts.key` of the guard.
 */
export async function explainReceipt(
  key: Uint8Array,
  receipt: string,
): Promise<ReceiptExplanation | undefined> {
  const opened = await openReceipt(key, receipt)
  if (opened === undefined) return undefined
  const { code } = opened
  const [meaning, advice] = isKnown(code) ? refusalExplanations[code] : newer
  return { ...opened, meaning, advice, signingKey: signingKeyAt(code) }
}

const newer = [
  'a newer version of the guard refused it for a reason that this version does not know',
  'look it up with the version that the API runs',
] as const

function isKnown(code: string): code is RefusalCode {
  return Object.hasOwn(refusalExplanations, code)
}

/** Codes say how far a judgement came: nothing is said about claims before the signature is right. */
function signingKeyAt(code: string): ReceiptExplanation['signingKey'] {
  if (code === 'unknown_key' || code === 'ambiguous_key') return 'unknown'
  return BEHIND_THE_KEY.has(code) ? 'known' : 'not looked at'
}

const BEHIND_THE_KEY: ReadonlySet<string> = new Set<RefusalCode>([
  ...(['bad_signature', 'claim_missing', 'claim_malformed', 'claims_refused'] as const),
  ...(['wrong_audience', 'expired', 'not_yet_valid', 'issued_in_the_future'] as const),
  ...(['lifetime_too_long', 'revoked', 'insufficient_scope'] as const),
])
