/**
 * The file that a node keeps its last known good state in, for the time when the database is away.
 *
 * Invariants
 *  (1) The file is the old one or the new one, whole, whatever happens: it is written under another name, flushed, and
 *      renamed.
 *  (2) It is sealed under the master key and belongs to its owner alone.
 *  (3) A large registry is written in pieces of a millisecond; while the system writes one, requests are answered.
 */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RandomSource } from '@mintmark/runtime'
import { snapshotBytesMax, snapshotPieceLines } from '../limits.ts'
import { type LastKnownState, linesOf, readLines } from './snapshot-lines.ts'
import { createSnapshotSeal, openSnapshot, snapshotSaltBytes } from './snapshot-seal.ts'

const OWNER_ONLY_FOLDER = 0o700
const OWNER_ONLY_FILE = 0o600

/** Where a snapshot is, and what seals it. */
export interface SnapshotPlace {
  readonly file: string
  readonly masterKey: Uint8Array
}

/** Writes the state in place of what the file held, making its folder. Rejects with what the file system answers. */
export async function writeSnapshot(
  { file, masterKey }: SnapshotPlace,
  known: LastKnownState,
  random: RandomSource,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER })
  const draft = `${file}.${process.pid}.${Buffer.from(random.bytes(6)).toString('hex')}`
  const seal = createSnapshotSeal(masterKey, random.bytes(snapshotSaltBytes))
  const handle = await open(draft, 'wx', OWNER_ONLY_FILE)
  try {
    await handle.write(seal.head)
    for (const { text, isLast } of piecesOf(linesOf(known))) {
      await handle.write(seal.seal(Buffer.from(text, 'utf8'), isLast))
    }
    await handle.sync()
    await handle.close()
    await rename(draft, file)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}

/**
 * Reads the state. `undefined` when there is none that can be used: no file, one that is sealed under another key,
 * damaged, or of another version.
 */
export async function readSnapshot(place: SnapshotPlace): Promise<LastKnownState | undefined> {
  const size = await stat(place.file).then(
    ({ size }) => size,
    () => undefined,
  )
  if (size === undefined || size > snapshotBytesMax) return undefined
  const bytes = await readFile(place.file).catch(() => undefined)
  if (bytes === undefined) return undefined
  const pieces = openSnapshot(bytes, place.masterKey)
  return pieces && readLines(linesIn(pieces))
}

function* piecesOf(lines: Generator<string>): Generator<{ text: string; isLast: boolean }> {
  let piece: string[] = []
  for (const line of lines) {
    if (piece.length === snapshotPieceLines) {
      yield { text: piece.join('\n'), isLast: false }
      piece = []
    }
    piece.push(line)
  }
  yield { text: piece.join('\n'), isLast: true }
}

function* linesIn(pieces: readonly Uint8Array[]): Generator<string> {
  for (const piece of pieces) yield* Buffer.from(piece).toString('utf8').split('\n')
}
