/**
 * Lets the test runner of this process follow timers, sockets and tests, but not promises: to know which test a stray
 * error belongs to, it keeps an entry for every promise there ever was and has each collected one by one, which is a
 * fifth of the time of all unit tests. Import it before anything that imports `node:test`.
 *
 * An error that nobody waits for still fails the run. It is no longer laid at the door of a test, so it is told here,
 * with where it was made. A test within a test must be made with the context of the outer one (`t.test`).
 */
import hooks from 'node:async_hooks'

const { createHook } = hooks
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false })
await import('node:test')
hooks.createHook = createHook

const tell = (error: unknown): void => console.error('outside of any test:', error)
process.on('uncaughtExceptionMonitor', tell)
process.on('unhandledRejection', tell)
