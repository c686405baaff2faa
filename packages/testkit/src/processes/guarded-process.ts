/**
 * A program that cannot outlive whoever started it: beside it runs a shell that waits for the end of its own input, and
 * then ends the program and removes its folder. The input ends when its other end is closed, which the system does
 * for a process that dies.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Account } from './unprivileged-account.ts'

/** A program under guard. */
export interface GuardedProcess {
  /** The number that the system knows it by. */
  readonly id: number
  /** Sends a signal to the program itself. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Ends the program, even a stopped one, and waits until it is gone. The folder stays. */
  end(): Promise<void>
}

/** How a program is ended, and who it runs as. */
export interface GuardedProcessOptions {
  /** Default `KILL`; another one for a program that leaves something behind when it is killed. */
  readonly endSignal?: 'KILL' | 'QUIT'
  /** Default: the account of this process. */
  readonly account?: Account | undefined
}

const GUARD = `
folder=$1; signal=$2; shift 2
"$@" > /dev/null 2>&1 &
program=$!
echo $program
read -r word
kill -$signal $program; kill -CONT $program; wait $program
[ -n "$word" ] || rm -rf "$folder"
`

/**
 * Starts a program in its folder, without input and output; it keeps no process alive. Whether it runs well is for the
 * caller to find out: a program that does not exist is one that has ended.
 */
export async function startGuarded(
  folder: string,
  command: string,
  parameters: readonly string[],
  { endSignal = 'KILL', account }: GuardedProcessOptions = {},
): Promise<GuardedProcess> {
  const guard = spawn('sh', ['-c', GUARD, 'sh', folder, endSignal, command, ...parameters], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // In a group of its own, so that what interrupts the tests does not end it before its work is done.
    detached: true,
    cwd: folder,
    ...account,
  })
  const [line] = await once(createInterface(guard.stdout), 'line')
  const id = Number(line)
  // Nothing of it holds up the exit of this process.
  guard.unref()
  for (const pipe of [guard.stdin, guard.stdout]) (pipe as { unref?(): void }).unref?.()
  let end: Promise<unknown> | undefined
  return {
    id,
    signal: (name) => {
      process.kill(id, name)
    },
    end: async () => {
      end ??= once(guard, 'exit')
      guard.stdin.end('keep the folder\n')
      guard.ref()
      await end
    },
  }
}
