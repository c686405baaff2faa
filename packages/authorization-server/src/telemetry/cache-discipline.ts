/**
 * How well each client keeps its tokens. The score is the number of tokens that were issued for each one that would
 * have done: 1 is a client that uses every token to its end, 60 one that asks sixty times as often.
 *
 * A fleet whose processes do not share tokens scores as many as it has processes, and that is nothing to complain
 * about; so `tokenPerCall` looks at something else: whether tokens keep being asked for, interval after interval.
 * Processes that were started together renew together, too, but within a part of the lifetime; so a moderate rate has
 * to last longer than that part, and only a high one is noticed within a minute.
 *
 * Invariants
 *  (1) Counting costs one look-up and a few additions; nothing is computed before somebody asks.
 *  (2) At most `disciplineClientsMax` clients are remembered; the one that came first is forgotten first.
 */
import type { Clock } from '@mintmark/runtime'
import { disciplineClientsMax } from '../limits.ts'

/** What is known of one client. */
export interface ClientDiscipline {
  readonly clientId: string
  readonly tokensIssued: number
  /** Tokens issued for each that would have done, from 1 up, over about the last two lifetimes. */
  readonly score: number
  /** Whether the client seems to ask for a token for every call. */
  readonly tokenPerCall: boolean
}

const INTERVAL_MS = 10_000
/** Intervals in a row with this many tokens or more, and how many intervals are too many. */
const HIGH_RATE = { tokens: 8, intervals: 5 }
/** The same for a moderate rate, and the part of a lifetime that the intervals must exceed. */
const MODERATE_RATE = { tokens: 3, intervals: 5, lifetimeShare: 0.3 }
/** Shorter lifetimes than this are counted over this long: two renewals within a second are no habit. */
const SPAN_SECONDS_MIN = 60

interface Habit {
  tokensIssued: number
  /** Since `spanStartMs`: tokens, and the sum of their lifetimes. */
  spanTokens: number
  spanLifetimeSeconds: number
  spanStartMs: number
  /** The interval of the newest token, its tokens, and how many intervals of either rate came right before it. */
  interval: number
  intervalTokens: number
  highBefore: number
  moderateBefore: number
}

/** Counts the tokens of each client. */
export class CacheDiscipline {
  readonly #clock: Clock
  readonly #habits = new Map<string, Habit>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one token. */
  issued(clientId: string, lifetimeSeconds: number): void {
    const nowMs = this.#clock.monotonicMs()
    const habit = this.#habits.get(clientId) ?? this.#begin(clientId, nowMs)
    habit.tokensIssued += 1
    habit.spanTokens += 1
    habit.spanLifetimeSeconds += lifetimeSeconds
    const interval = Math.floor(nowMs / INTERVAL_MS)
    if (interval !== habit.interval) enterInterval(habit, interval, nowMs)
    habit.intervalTokens += 1
  }

  /** The clients that were issued tokens, worst score first, at most `limit` of them. */
  worst(limit: number): readonly ClientDiscipline[] {
    const nowMs = this.#clock.monotonicMs()
    return [...this.#habits]
      .map(([clientId, habit]) => disciplineOf(clientId, habit, nowMs))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
  }

  /** One client; `undefined` when it was issued none. */
  of(clientId: string): ClientDiscipline | undefined {
    const habit = this.#habits.get(clientId)
    return habit && disciplineOf(clientId, habit, this.#clock.monotonicMs())
  }

  #begin(clientId: string, nowMs: number): Habit {
    if (this.#habits.size >= disciplineClientsMax) {
      const [first] = this.#habits.keys()
      if (first !== undefined) this.#habits.delete(first)
    }
    const interval = Math.floor(nowMs / INTERVAL_MS)
    const habit = {
      ...{ tokensIssued: 0, spanTokens: 0, spanLifetimeSeconds: 0, spanStartMs: nowMs },
      ...{ interval, intervalTokens: 0, highBefore: 0, moderateBefore: 0 },
    }
    this.#habits.set(clientId, habit)
    return habit
  }
}

/** The interval before is over; and of a span that has become long, one half is forgotten. */
function enterInterval(habit: Habit, interval: number, nowMs: number): void {
  const follows = interval === habit.interval + 1
  habit.highBefore = follows ? highRun(habit) : 0
  habit.moderateBefore = follows ? moderateRun(habit) : 0
  habit.interval = interval
  habit.intervalTokens = 0
  const spanSeconds = (nowMs - habit.spanStartMs) / 1000
  if (spanSeconds < 2 * wantedSpanSeconds(habit)) return
  habit.spanTokens /= 2
  habit.spanLifetimeSeconds /= 2
  habit.spanStartMs = nowMs - (spanSeconds * 1000) / 2
}

function highRun({ highBefore, intervalTokens }: Habit): number {
  return intervalTokens >= HIGH_RATE.tokens ? highBefore + 1 : 0
}

function moderateRun({ moderateBefore, intervalTokens }: Habit): number {
  return intervalTokens >= MODERATE_RATE.tokens ? moderateBefore + 1 : 0
}

/** The newest interval counts as soon as it is busy, and the ones before it as long as the one after is not over. */
function asksPerCall(habit: Habit, lifetimeSeconds: number, nowMs: number): boolean {
  if (Math.floor(nowMs / INTERVAL_MS) - habit.interval > 1) return false
  if (Math.max(habit.highBefore, highRun(habit)) >= HIGH_RATE.intervals) return true
  const { intervals, lifetimeShare } = MODERATE_RATE
  const enough = Math.max(intervals, (lifetimeSeconds * lifetimeShare * 1000) / INTERVAL_MS)
  return Math.max(habit.moderateBefore, moderateRun(habit)) > enough
}

function wantedSpanSeconds({ spanLifetimeSeconds, spanTokens }: Habit): number {
  return Math.max(spanLifetimeSeconds / Math.max(spanTokens, 1), SPAN_SECONDS_MIN)
}

function disciplineOf(clientId: string, habit: Habit, nowMs: number): ClientDiscipline {
  const lifetimeSeconds = habit.spanLifetimeSeconds / Math.max(habit.spanTokens, 1)
  const spanSeconds = Math.max((nowMs - habit.spanStartMs) / 1000, lifetimeSeconds, 1)
  const score = Math.max(1, habit.spanLifetimeSeconds / spanSeconds)
  return {
    clientId,
    tokensIssued: habit.tokensIssued,
    score: Math.round(score * 10) / 10,
    tokenPerCall: asksPerCall(habit, lifetimeSeconds, nowMs),
  }
}

/**
 * Puts together what several processes say, each of which was asked by a part of the calls: the `limit` worst clients.
 * Scores add up beyond the 1 that is perfect; a habit that one process has noticed is one.
 *
 * Does not know what a process left out: of a client that is among the worst of one process only, that part counts.
 */
export function joinDisciplines(
  processes: readonly (readonly ClientDiscipline[])[],
  limit: number,
): readonly ClientDiscipline[] {
  const joined = new Map<string, ClientDiscipline>()
  for (const one of processes.flat()) {
    const before = joined.get(one.clientId)
    joined.set(one.clientId, before === undefined ? one : join(before, one))
  }
  return [...joined.values()].sort((a, b) => b.score - a.score).slice(0, limit)
}

function join(one: ClientDiscipline, other: ClientDiscipline): ClientDiscipline {
  return {
    clientId: one.clientId,
    tokensIssued: one.tokensIssued + other.tokensIssued,
    score: Math.round((one.score + other.score - 1) * 10) / 10,
    tokenPerCall: one.tokenPerCall || other.tokenPerCall,
  }
}
