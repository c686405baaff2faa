/**
 * What the process says to the shell when it ends. Documented in `--help` and the README; scripts
 * rely on it.
 */

/**
 * `done` 0: it did what was asked. `failure` 1: it could not. `usage` 2: the question itself was
 * wrong.
 */
export const exitCode = { done: 0, failure: 1, usage: 2 } as const

/** One of {@link exitCode}. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
