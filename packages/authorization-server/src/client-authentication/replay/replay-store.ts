/** The port to what several nodes remember together of used assertions. */
import type { ReplayEntry } from '../../storage/records.ts'

/** Where several nodes remember together. The storage session is one. */
export interface ReplayStore {
  /** For each entry, in order, whether it was seen for the first time. Atomic across nodes. */
  consumeReplay(entries: readonly ReplayEntry[], nowWallMs: number): Promise<readonly boolean[]>
}
