/** A program together with the processes that it started. Needs `ps`. */
import { spawnSync } from 'node:child_process'

/** Signals that need no consent. */
export type FamilySignal = 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'

/** Sends a signal to a process and then to its children, and gives the numbers of all of them. */
export function signalFamily(parent: number, name: FamilySignal): readonly number[] {
  // Before the signal: children of a dead process belong to somebody else.
  const children = runningProcesses().filter((each) => each.parent === parent)
  const family = [parent, ...children.map(({ id }) => id)]
  for (const id of family) signalIfThere(id, name)
  return family
}

/** Whether one of the numbers is that of a process that has not ended. */
export function isAnyRunning(ids: readonly number[]): boolean {
  return runningProcesses().some(({ id }) => ids.includes(id))
}

function signalIfThere(id: number, name: FamilySignal): void {
  try {
    process.kill(id, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function runningProcesses(): readonly { readonly id: number; readonly parent: number }[] {
  const columns = ['-o', 'pid=', '-o', 'ppid=', '-o', 'stat=']
  const { stdout, error } = spawnSync('ps', ['-A', ...columns], { encoding: 'utf8' })
  if (error !== undefined) throw error
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  // A zombie has ended; only its parent has not asked yet.
  return rows
    .filter(([, , state = 'Z']) => !state.startsWith('Z'))
    .map(([id, parent]) => ({ id: Number(id), parent: Number(parent) }))
}
