/**
 * The refused tokens that one process knows of, by fingerprint. A token that was refused once is never good again, so
 * there is no need to know when it would have ended; how many are remembered is bounded, the oldest go first.
 */
import { tombstonesMax } from '../limits.ts'

/** A bounded set of fingerprints. */
export class Tombstones {
  readonly #fingerprints = new Set<string>()

  /** Notes a refused token. */
  add(fingerprint: string): void {
    this.#fingerprints.add(fingerprint)
    if (this.#fingerprints.size <= tombstonesMax) return
    for (const oldest of this.#fingerprints) {
      this.#fingerprints.delete(oldest)
      return
    }
  }

  has(fingerprint: string): boolean {
    return this.#fingerprints.has(fingerprint)
  }
}
