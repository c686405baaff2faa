/** Every bound of the test kit, with its reason. A test that reaches one has lost control of what it drives. */

/**
 * Tasks one `FakeClock.advance` runs before it gives up. A day of renewals every second is 86,400; a task that
 * schedules itself again without any delay would otherwise never let the call return.
 */
export const tasksPerAdvanceMax = 200_000

/**
 * Turns of the event loop given to everything that became runnable, after each instant of a fake clock. One turn
 * drains every promise chain, however long; the others are for code that itself waits for turns (a server that
 * collects requests for one turn, a response body piped through a stream). Ten take about thirty microseconds.
 */
export const turnsPerInstant = 10

/** Bytes one draw of a random source may ask for: the bound the platform's own generator has. */
export const randomBytesPerDrawMax = 65_536

/**
 * Length of the pieces in which a secret is searched, and the least a secret may have. Twelve characters of a
 * generated secret are 72 random bits: no text contains them by accident. Eight is the shortest secret whose
 * finding still means something.
 */
export const secretFragmentCharacters = 12
export const secretCharactersMin = 8

/** How long and how often something real is waited for: longer than a busy machine takes to start a server. */
export const eventuallyMsMax = 10_000
export const eventuallyPauseMs = 5
