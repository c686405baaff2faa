/**
 * Tokens that were refused a moment ago, so that sending one again costs no question to the issuer, or no signature
 * check.
 *
 * Invariants
 *  (1) A no is used for the configured seconds and no longer: a token may become good, or may have been asked about
 *      before every node of the issuer knew it.
 *  (2) The charged bytes never exceed the bound; the oldest leave first. The table is apart from the verdicts on good
 *      tokens, so that no flood of garbage pushes those out.
 */
import { refusedTokenBytes, refusedTokensBytesMax } from './limits.ts'
import type { TokenViolation } from './token-verdict.ts'

interface Refused {
  readonly violation: TokenViolation
  readonly untilMonotonicMs: number
}

/** The table of whoever refuses. */
export class RefusedTokens {
  readonly #lastsMs: number
  readonly #entries = new Map<string, Refused>()
  #bytes = 0
  /** When the last of them ends. */
  #untilMonotonicMs = Number.NEGATIVE_INFINITY

  /** @param seconds - How long a no is used; 0 keeps none. */
  constructor(seconds: number) {
    this.#lastsMs = seconds * 1000
  }

  /** What the entries are charged for, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether there is none, so that nothing need be looked for. */
  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Why the token was refused, if it was a moment ago. Once all have ended the table is empty again. */
  find(text: string, nowMonotonicMs: number): TokenViolation | undefined {
    if (nowMonotonicMs >= this.#untilMonotonicMs) this.clear()
    const entry = this.#entries.get(text)
    if (entry === undefined) return undefined
    if (nowMonotonicMs < entry.untilMonotonicMs) return entry.violation
    this.drop(text)
    return undefined
  }

  /** Keeps a no. One too large for the bound is not kept. */
  keep(text: string, violation: TokenViolation, nowMonotonicMs: number): void {
    const cost = costOf(text)
    if (this.#lastsMs === 0 || cost > refusedTokensBytesMax) return
    this.drop(text)
    for (const [oldest] of this.#entries) {
      if (this.#bytes + cost <= refusedTokensBytesMax) break
      this.drop(oldest)
    }
    this.#untilMonotonicMs = nowMonotonicMs + this.#lastsMs
    this.#entries.set(text, { violation, untilMonotonicMs: this.#untilMonotonicMs })
    this.#bytes += cost
  }

  /** Forgets a no: the token turned out good. */
  drop(text: string): void {
    if (this.#entries.delete(text)) this.#bytes -= costOf(text)
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }
}

function costOf(text: string): number {
  return refusedTokenBytes + text.length
}
