/**
 * Several credentials at once (requirement C11): while one replaces the other, both are configured,
 * and whichever the server accepts is used. So neither side has to change at the same moment.
 */
import type { Report } from './events.ts'

/** Which of a client's credentials comes first. */
export class CredentialRotation {
  readonly #report: Report
  #preferred = 0

  constructor(report: Report) {
    this.#report = report
  }

  /** The positions of `count` credentials in the order to try them: first the one that worked last. */
  order(count: number): readonly number[] {
    const positions = Array.from({ length: count }, (_, position) => position)
    const rank = (position: number): number => (position === this.#preferred ? 0 : 1)
    return positions.toSorted((a, b) => rank(a) - rank(b))
  }

  /** Notes that the server accepts the credential at `position`. */
  worked(position: number): void {
    if (position === this.#preferred) return
    this.#report({ type: 'credential_fallback', from: this.#preferred + 1, to: position + 1 })
    this.#preferred = position
  }
}
