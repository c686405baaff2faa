/** Listening to signals that many callers share: one listener each. Node 20 warns of a leak from the eleventh on. */

interface Listening {
  readonly tasks: Set<() => void>
  readonly onAbort: () => void
}

/** The listeners of one line of callers. */
export class SignalListeners {
  readonly #bySignal = new Map<AbortSignal, Listening>()

  /** Runs `task` when `signal` aborts, unless the returned function is called before. */
  add(signal: AbortSignal, task: () => void): () => void {
    const listening = this.#bySignal.get(signal) ?? this.#listenTo(signal)
    listening.tasks.add(task)
    return () => {
      listening.tasks.delete(task)
      if (listening.tasks.size > 0 || this.#bySignal.get(signal) !== listening) return
      this.#bySignal.delete(signal)
      signal.removeEventListener('abort', listening.onAbort)
    }
  }

  #listenTo(signal: AbortSignal): Listening {
    const tasks = new Set<() => void>()
    const onAbort = (): void => {
      this.#bySignal.delete(signal)
      for (const task of tasks) task()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const listening = { tasks, onAbort }
    this.#bySignal.set(signal, listening)
    return listening
  }
}
