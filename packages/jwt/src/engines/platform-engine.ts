/** The choice of the signature engine. */
import type { SignatureEngine } from '../signature-engine.ts'
import { nodeEngine } from './node-engine.ts'
import { webEngine } from './web-engine.ts'

/**
 * The best engine of this platform: Node's crypto module where there is one, else WebCrypto.
 * Throws a `TypeError` where there is neither.
 */
export function platformEngine(): SignatureEngine {
  return nodeEngine() ?? webEngine()
}
