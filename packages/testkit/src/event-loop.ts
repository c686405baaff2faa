/**
 * Turns of the event loop: the one way in which a test waits without a clock. After a turn every promise chain
 * that could run has run, and every `setImmediate` that was waiting when the turn began has been called.
 */

/**
 * Lets `count` turns of the event loop pass.
 *
 * @param count - Turns, at least 1. A chain of n `setImmediate` calls settles within n + 1 turns.
 *
 * Does not wait for sockets, files or worker threads (asynchronous `crypto.subtle` among them): how many turns
 * those take is up to the machine.
 */
export async function eventLoopTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}
