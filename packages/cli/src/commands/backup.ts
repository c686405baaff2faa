/** `mintmark backup` and `mintmark restore`: everything that is stored, in one file, from and into any storage. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { describeFileError } from '../file-error.ts'
import { fileLines } from '../file-lines.ts'
import { storageOf, storageSettings } from '../storage-access.ts'

const OWNER_ONLY_FILE = 0o600

const backupCommand = defineCommand({
  path: ['backup'],
  summary: 'write everything that is stored into one file, while servers go on',
  settings: ['out', ...storageSettings],
  examples: [
    'mintmark backup --out /mnt/backups/mintmark-2026-11-28.jsonl',
    'mintmark backup --database postgres://mintmark@db.example/mintmark --out ./mintmark.jsonl',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const out = settings.required('out')
    const storage = await storageOf(invocation, { createsFolder: false })
    const { writeBackup } = await import('@mintmark/authorization-server')
    const rows = await intoFile(resolve(edge.workingFolder, out), out, (write) =>
      writeBackup({ storage, write, clock: edge.clock }),
    )
    await output.answer(
      [`${rows} rows written to ${out}; without a copy of the master key they are worth nothing`],
      { file: out, rows },
    )
    return exitCode.done
  },
})

const restoreCommand = defineCommand({
  path: ['restore'],
  summary: 'restore a backup into a storage that is empty',
  settings: ['in', ...storageSettings],
  examples: [
    'mintmark restore --in ./mintmark.jsonl --data /var/lib/mintmark',
    'mintmark restore --in ./mintmark.jsonl --database postgres://mintmark@db.example/mintmark',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const from = settings.required('in')
    const path = resolve(edge.workingFolder, from)
    const storage = await storageOf(invocation, { createsFolder: true })
    const { restoreBackup } = await import('@mintmark/authorization-server')
    try {
      await restoreBackup({ storage, lines: () => fileLines(path) })
    } catch (error) {
      throw unreadable(error, from)
    }
    await output.answer([`${from} restored`], { file: from })
    return exitCode.done
  },
})

/** Both commands. */
export const backupCommands: readonly Command[] = [backupCommand, restoreCommand]

/** The file is whole, and on the disk, or it is not there. */
async function intoFile<Result>(
  path: string,
  shown: string,
  fill: (write: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const draft = `${path}.${process.pid}.draft`
  const file = onDisk(shown, () => openSync(draft, 'wx', OWNER_ONLY_FILE))
  try {
    const result = await fill((text) => onDisk(shown, () => writeSync(file, text)))
    onDisk(shown, () => fsyncSync(file))
    onDisk(shown, () => renameSync(draft, path))
    return result
  } finally {
    closeSync(file)
    rmSync(draft, { force: true })
  }
}

function onDisk<Result>(shown: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    throw failure('backup_unwritable', `the backup ${shown} ${describeFileError(error).text}`)
  }
}

/** Errors of the library have a text of their own; those of the file system, and of what is no text, have not. */
function unreadable(error: unknown, shown: string): unknown {
  if (error instanceof RangeError) {
    return failure('backup_malformed', `${shown} is not a backup that mintmark made`)
  }
  const isOfSystem = error instanceof Error && 'syscall' in error
  if (!isOfSystem) return error
  return failure('backup_unreadable', `the backup ${shown} ${describeFileError(error).text}`)
}
