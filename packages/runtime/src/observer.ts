/**
 * Events instead of log lines: a package says what happened as a typed value and never formats text.
 * Events carry fingerprints and codes, never tokens, secrets or text from the wire.
 */

/** Hears events one by one, in the order in which they happen. */
export type Observer<Event> = (event: Event) => void

/** The observer of somebody who does not listen. */
export const silent: Observer<unknown> = () => undefined

/**
 * Wraps an observer that somebody else wrote, so that its exceptions cannot break what it watches.
 * An exception is dropped: there is no one left to tell.
 */
export function guarded<Event>(observer: Observer<Event>): Observer<Event> {
  return (event) => {
    try {
      observer(event)
    } catch {
      // See above: watching must not change what is watched.
    }
  }
}
