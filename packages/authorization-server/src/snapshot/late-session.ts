/**
 * The session of a node that starts while its database is away: it has the master key, and opens the database as soon
 * as that can be had. Until then everything that needs it fails as it does during any outage.
 */
import { type Storage, StorageError, type StorageSession } from '../storage/storage.ts'

/** Makes the session. Whoever reads through it again and again opens it sooner or later. */
export function createLateSession(storage: Storage, masterKey: Uint8Array): StorageSession {
  return new LateSession(storage, masterKey)
}

class LateSession implements StorageSession {
  readonly masterKey: Uint8Array
  readonly #storage: Storage
  #opening: Promise<StorageSession> | undefined
  #opened: StorageSession | undefined
  #changed: (() => void) | undefined
  #isClosed = false

  constructor(storage: Storage, masterKey: Uint8Array) {
    this.#storage = storage
    this.masterKey = masterKey
  }

  async load() {
    return (await this.#session()).load()
  }

  async changesSince(sequence: number) {
    return (await this.#session()).changesSince(sequence)
  }

  async readRegistry(...choice: Parameters<StorageSession['readRegistry']>) {
    return (await this.#session()).readRegistry(...choice)
  }

  watch(changed: () => void): void {
    this.#changed = changed
    this.#opened?.watch(changed)
  }

  async apply(...change: Parameters<StorageSession['apply']>) {
    return (await this.#session()).apply(...change)
  }

  async auditRecords(...choice: Parameters<StorageSession['auditRecords']>) {
    return (await this.#session()).auditRecords(...choice)
  }

  async recordUsage(...usage: Parameters<StorageSession['recordUsage']>) {
    return (await this.#session()).recordUsage(...usage)
  }

  async usageOf(clientId: string) {
    return (await this.#session()).usageOf(clientId)
  }

  async consumeReplay(...entries: Parameters<StorageSession['consumeReplay']>) {
    return (await this.#session()).consumeReplay(...entries)
  }

  async setting(name: string) {
    return (await this.#session()).setting(name)
  }

  async readTables(...take: Parameters<StorageSession['readTables']>) {
    return (await this.#session()).readTables(...take)
  }

  async writeTables(...next: Parameters<StorageSession['writeTables']>) {
    return (await this.#session()).writeTables(...next)
  }

  statistics() {
    return this.#opened?.statistics() ?? { reads: 0, writes: 0 }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(() => undefined)
    await this.#opened?.close()
  }

  /** One attempt at a time, for everybody who asks meanwhile. */
  async #session(): Promise<StorageSession> {
    if (this.#opened !== undefined) return this.#opened
    if (this.#isClosed) throw closed()
    this.#opening ??= this.#storage.open().finally(() => {
      this.#opening = undefined
    })
    const session = await this.#opening
    if (this.#opened === undefined) {
      this.#opened = session
      if (this.#changed !== undefined) session.watch(this.#changed)
    }
    return session
  }
}

function closed(): StorageError {
  return new StorageError('storage_unavailable', 'the storage', 'the storage was closed')
}
