/** Something small that is called very often, as the programs that time it see it. */

/** A loop over calls that were prepared before. */
export interface CallLoop {
  /** Makes `calls` calls, looks at every result, and gives the number of right ones. */
  run(calls: number): number | Promise<number>
}

/** Prepares a loop. In a smoke run with as little as shows that it works. */
export type PrepareLoop = (isSmoke: boolean) => CallLoop | Promise<CallLoop>

/** The loops of one benchmark by their names; each is prepared in a process of its own. */
export type CallLoops = ReadonlyMap<string, PrepareLoop>
