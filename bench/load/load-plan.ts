/** What a load generator is asked to do, and what it reports. Both travel as JSON between processes. */

/** By default a closed loop: every connection sends its next request when the last one has been answered. */
export interface LoadPlan {
  readonly port: number
  /** Complete requests as they go over the wire; taken in turn, across all connections. */
  readonly requests: readonly string[]
  readonly connections: number
  /** An open loop once warmed up: so many requests each second, whatever becomes of them. */
  readonly perSecond?: number | undefined
  /** In an open loop: whoever finds no idle connection gives up, instead of making everybody after it wait. */
  readonly givesUp?: boolean | undefined
  /** Sleeps between answers, for measurements that leave the generator no core of its own. */
  readonly sleeps?: boolean | undefined
  readonly warmMs: number
  readonly measuredMs: number
  /** Ends the measurement early. */
  readonly answersMax: number
  readonly expectedStatus: number
  /** A status with which requests may be turned away: counted, and left out of everything else. */
  readonly turnedAwayStatus?: number | undefined
  /** Keeps the body of every n-th answer, up to `samplesMax`. */
  readonly sampleEvery: number
  readonly samplesMax: number
  /** The process that answers. */
  readonly serverPid: number
  /** The core that it runs on alone, if it does. */
  readonly serverCore: number
}

/** What was measured after warming up. */
export interface LoadResult {
  readonly answers: number
  readonly turnedAway: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers with another status than the expected one, by status. */
  readonly unexpected: Readonly<Record<string, number>>
  readonly samples: readonly string[]
  /** Processor time of the server per answer, its memory at the end, and the share of its core that others took. */
  readonly server?: {
    readonly processorMicrosecondsPerAnswer: number
    readonly residentMb: number
    readonly foreignShare: number
  }
}
