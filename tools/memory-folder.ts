/** A folder for temporary files that is in memory: a unit test has nothing to keep, and no disk to wait for. */
import { accessSync, constants, statfsSync } from 'node:fs'

const LINUX_MEMORY = '/dev/shm'
const FREE_BYTES_MIN = 512 * 1024 * 1024

/** Its path; `undefined` where there is none, or too little room: containers have 64 MB of it. */
export function memoryFolder(path: string = LINUX_MEMORY): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize >= FREE_BYTES_MIN ? path : undefined
  } catch {
    return undefined
  }
}
