/** Processor time and memory of another process, and who else used its core, as Linux's `/proc` tells. */
import { readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second towards programs, whatever the kernel's own tick. */
export const TICK_MS = 10
const BYTES_PER_MB = 1_000_000

/** What a process has used up to now. */
export interface ProcessUsage {
  readonly processorMs: number
  readonly residentMb: number
}

/** Reads the usage of a process, all its threads together; `undefined` where there is no `/proc`. */
export function processUsage(pid: number): ProcessUsage | undefined {
  const stat = readProc(`${pid}/stat`)
  const status = readProc(`${pid}/status`)
  if (stat === undefined || status === undefined) return undefined
  // The program's name is in parentheses and may contain spaces: fields are counted behind it, from the third on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const residentKib = /^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? '0'
  return {
    processorMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    residentMb: (Number(residentKib) * 1024) / BYTES_PER_MB,
  }
}

/**
 * Milliseconds that any program, and other machines on the same host, took from a core since it started;
 * `undefined` where there is no `/proc`. Interrupts are not counted: they are mostly the measured traffic's own.
 */
export function coreBusyMs(core: number): number | undefined {
  const line = readProc('stat')
    ?.split('\n')
    .find((text) => text.startsWith(`cpu${core} `))
  if (line === undefined) return undefined
  const [programs = 0, nice = 0, kernel = 0, , , , , stolen = 0] = line
    .split(' ')
    .slice(1)
    .map(Number)
  return (programs + nice + kernel + stolen) * TICK_MS
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1')
  } catch {
    return undefined
  }
}
