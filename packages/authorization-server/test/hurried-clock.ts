/** The system's clock, for what waits now and then: it tells the real time, and lets nobody wait for long. */
import { type Clock, systemClock } from '@mintmark/runtime'

const HURRY = 20

/** Every delay is a twentieth of what was asked for. What is too late after a time is too late after the same time. */
export const hurriedClock: Clock = {
  ...systemClock,
  schedule: (delayMs, task, options) => systemClock.schedule(delayMs / HURRY, task, options),
}
