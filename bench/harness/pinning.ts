/** Ties a process to one core, so that a server and its load generator do not fight over one. */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Who runs where: the measured program on its own core, whatever drives it on another. */
export const MEASURED_CORE = 0
export const DRIVING_CORE = 1

let isPossible: boolean | undefined

/** Whether there are two cores and a `taskset` to choose between them. */
export function canPin(): boolean {
  isPossible ??=
    availableParallelism() > 1 &&
    spawnSync('taskset', ['-c', String(DRIVING_CORE), 'true'], { stdio: 'ignore' }).status === 0
  return isPossible
}

/** The command that runs `program` on `core`; where pinning is impossible, `program` itself. */
export function pinned(
  core: number,
  program: string,
  args: readonly string[],
): readonly [command: string, args: readonly string[]] {
  return canPin() ? ['taskset', ['-c', String(core), program, ...args]] : [program, args]
}
