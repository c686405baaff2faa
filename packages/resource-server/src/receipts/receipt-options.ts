/** Option `receipts` of a guard: whether refusals carry a reference that operators can look up. */
import {
  receiptKeyBytesMax,
  receiptKeyBytesMin,
  receiptsPerSecondDefault,
  receiptsPerSecondMax,
} from '../limits.ts'
import { checkNames, numberWithin } from '../option-value.ts'

/** How receipts are made. */
export interface ReceiptOptions {
  /** The secret that seals them, 32 to 64 random bytes, the same in all processes of one API. */
  readonly key: Uint8Array
  /** How many are made each second; refusals beyond that have none. 1 to 10,000, default 100. */
  readonly perSecondMax?: number
}

/** Option `receipts`, checked. */
export interface ResolvedReceipts {
  readonly key: Uint8Array
  readonly perSecondMax: number
}

const KNOWN_OPTIONS: Readonly<Record<keyof ReceiptOptions, true>> = {
  key: true,
  perSecondMax: true,
}

/** Checks option `receipts`. Throws `TypeError` for what is none, and `RangeError` for a number out of range. */
export function resolveReceipts(options: ReceiptOptions): ResolvedReceipts {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('receipts: expected { key }')
  }
  checkNames(options, KNOWN_OPTIONS, 'receipts: ')
  const perSecondMax = options.perSecondMax ?? receiptsPerSecondDefault
  return Object.freeze({
    key: keyValue(options.key),
    perSecondMax: numberWithin('receipts.perSecondMax', perSecondMax, 1, receiptsPerSecondMax),
  })
}

function keyValue(key: unknown): Uint8Array {
  const isKey = key instanceof Uint8Array
  if (isKey && key.length >= receiptKeyBytesMin && key.length <= receiptKeyBytesMax) {
    return Uint8Array.from(key)
  }
  throw new TypeError(`receipts.key: expected ${receiptKeyBytesMin} to ${receiptKeyBytesMax} bytes`)
}
