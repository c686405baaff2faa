/**
 * Whether something that may be used once is used for the first time: a client's assertion (RFC 7523 section 3 rule 7,
 * RFC 10070), or a DPoP proof (RFC 9449 section 11.1).
 *
 * Invariants
 *  (1) Of two uses with one key at most one is the first, whoever asks at the same time; with a store also on whatever
 *      nodes they arrive.
 *  (2) A use is remembered until it would be refused for its age. Nothing is forgotten earlier: where memory ends, so
 *      do first uses.
 *  (3) This process remembers what it has seen in any case, so that while the store is away nobody can use anything
 *      twice here.
 *  (4) What was begun counts as used for everybody else, here, until it is withdrawn. A store hears of it when it is
 *      committed, and cannot be told otherwise afterwards.
 */
import type { Clock, Observer } from '@mintmark/runtime'
import type { ReplayEvent } from '../events.ts'
import type { MaybePromise } from '../limiter.ts'
import { createReplayMemory } from './replay-memory.ts'
import { createReplayQueue } from './replay-queue.ts'
import type { ReplayEntry, ReplayStore } from './replay-store.ts'

/**
 * Whether it is the first use; `full` and `unavailable` mean that nobody can tell, because too much is remembered
 * already or because the store is away and was declared indispensable.
 */
export type ReplayVerdict = 'first' | 'repeated' | 'full' | 'unavailable'

/** Decides whether a use is the first. */
export interface ReplayLedger {
  /**
   * Remembers the use and says whether it is the first. To be asked last, when everything else is right. Answers in
   * place without a store, and never rejects.
   */
  consume(entry: ReplayEntry): MaybePromise<ReplayVerdict>
  /**
   * The first half of {@link consume}, for who has something else to ask before a use counts: what this process alone
   * can say, at once.
   */
  begin(entry: ReplayEntry): BegunUse | Exclude<ReplayVerdict, 'first' | 'unavailable'>
}

/** A use that nobody has made here. Either of both ends it, once. */
export interface BegunUse {
  /** The second half: whether it is the first use anywhere. */
  commit(): MaybePromise<ReplayVerdict>
  /** As if it had never begun: the same use may be made later. */
  withdraw(): void
}

/** What happens while the store is away: this process's own memory counts, or nobody gets in. */
export const replayFailModes = ['local', 'refuse'] as const

/** One of {@link replayFailModes}. */
export type ReplayFailMode = (typeof replayFailModes)[number]

/** What a ledger is made of. */
export interface ReplayLedgerParts {
  /** `undefined`: this process is alone. */
  readonly store: ReplayStore | undefined
  readonly whenUnavailable: ReplayFailMode
  /** How long the store is waited for, in milliseconds. */
  readonly deadlineMs: number
  /** Uses that this process remembers. Default a million, in about 100 MB. */
  readonly entriesMax?: number | undefined
  readonly clock: Clock
  readonly observer: Observer<ReplayEvent>
}

/** Makes an empty ledger. */
export function createReplayLedger(parts: ReplayLedgerParts): ReplayLedger {
  const { store, clock, whenUnavailable } = parts
  const memory = createReplayMemory(parts.entriesMax)
  const queue = store && createReplayQueue({ ...parts, store })

  function commit(entry: ReplayEntry, here: 'first' | 'full'): MaybePromise<ReplayVerdict> {
    if (queue === undefined) return here
    return queue.consume(entry).then((there) => {
      if (there !== 'unavailable') return there
      return whenUnavailable === 'local' ? here : 'unavailable'
    })
  }

  return {
    consume(entry) {
      const here = memory.consume(entry, clock.wallMs())
      return here === 'repeated' ? here : commit(entry, here)
    },
    begin(entry) {
      const here = memory.consume(entry, clock.wallMs())
      if (here === 'repeated' || (here === 'full' && queue === undefined)) return here
      return {
        commit: () => commit(entry, here),
        withdraw() {
          if (here === 'first') memory.withdraw(entry)
        },
      }
    },
  }
}
