/** The port to what several processes remember together of things that may be used once. */

/** One use of something that may be used once. */
export interface ReplayEntry {
  /** At most 64 characters; made by a digest, so it tells nothing. */
  readonly key: string
  /** From when on it would be refused for its age anyway. */
  readonly expiresAtWallMs: number
  /** Whose use it is: see `replayHolderShareOfFree`. Default: nobody's, who may fill all there is. */
  readonly holder?: string
}

/** Where several processes remember together. */
export interface ReplayStore {
  /** For each entry, in order, whether it was seen for the first time. Atomic across processes. */
  consumeReplay(entries: readonly ReplayEntry[], nowWallMs: number): Promise<readonly boolean[]>
}
