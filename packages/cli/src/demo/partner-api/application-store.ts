/**
 * The applications of all partners, in memory.
 *
 * Invariants
 *  (1) A partner sees its own: an identifier of somebody else's is as good as none.
 *  (2) A key of a partner stands for one application, however often it is sent, for as long as that is kept.
 *  (3) There are never more than `applicationsKept`; the oldest goes first, and its key with it.
 */
import { createHash } from 'node:crypto'
import type { Clock, RandomSource } from '@mintmark/runtime'
import { createIdentifierSource } from '@mintmark/runtime'
import { type Application, type ApplicationDraft, decide } from './application.ts'
import { applicationsKept, decisionsListedMax } from './limits.ts'

/** What became of a draft: a new application, the one that it made before, or that its key stands for another one. */
export type Taken =
  | { readonly application: Application; readonly isNew: boolean }
  | 'key_used_otherwise'

/** The applications. */
export interface ApplicationStore {
  /** @param key - The `Idempotency-Key`; without one every draft is a new application. */
  take(clientId: string, draft: ApplicationDraft, key: string | undefined): Taken
  /** The application, if it is of that client. */
  find(clientId: string, id: string): Application | undefined
  /** The latest ones of that client, the latest first. */
  latest(clientId: string): readonly Application[]
}

interface Entry {
  readonly application: Application
  readonly keyName: string | undefined
  readonly draftDigest: string
}

/** Makes an empty store. */
export function createApplicationStore(clock: Clock, random: RandomSource): ApplicationStore {
  const nextIdentifier = createIdentifierSource(random)
  const entries = new Map<string, Entry>()
  const byKey = new Map<string, Entry>()
  const byClient = new Map<string, Application[]>()

  const makeRoom = (): void => {
    for (const [id, { application, keyName }] of entries) {
      if (entries.size < applicationsKept) return
      entries.delete(id)
      if (keyName !== undefined) byKey.delete(keyName)
      const own = byClient.get(application.clientId) ?? []
      // The oldest of all is the oldest of its client.
      own.shift()
      if (own.length === 0) byClient.delete(application.clientId)
    }
  }
  const keep = (entry: Entry): void => {
    makeRoom()
    const { application, keyName } = entry
    entries.set(application.id, entry)
    if (keyName !== undefined) byKey.set(keyName, entry)
    const own = byClient.get(application.clientId)
    if (own === undefined) byClient.set(application.clientId, [application])
    else own.push(application)
  }
  return {
    take(clientId, draft, key) {
      const keyName = key === undefined ? undefined : JSON.stringify([clientId, key])
      const draftDigest = digestOf(draft)
      const known = keyName === undefined ? undefined : byKey.get(keyName)
      if (known !== undefined) {
        if (known.draftDigest !== draftDigest) return 'key_used_otherwise'
        return { application: known.application, isNew: false }
      }
      const id = nextIdentifier()
      const application = Object.freeze({
        ...draft,
        ...{ id, clientId, decision: decide(draft), receivedAtWallMs: clock.wallMs() },
      })
      keep({ application, keyName, draftDigest })
      return { application, isNew: true }
    },
    find(clientId, id) {
      const application = entries.get(id)?.application
      return application?.clientId === clientId ? application : undefined
    },
    latest(clientId) {
      return (byClient.get(clientId) ?? []).slice(-decisionsListedMax).toReversed()
    },
  }
}

function digestOf({ applicant, amount, currency, reference }: ApplicationDraft): string {
  const text = JSON.stringify([applicant, amount, currency, reference])
  return createHash('sha256').update(text).digest('base64url')
}
