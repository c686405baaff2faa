/** What adapters on top of `node:http` ask and tell a response before anybody answers. */
import type { ServerResponse } from 'node:http'
import type { Announce } from '../protection.ts'

/** Tells whether an answer was at least begun, so that nothing else can be said any more. */
export function isAnswered(response: ServerResponse): boolean {
  return response.headersSent || response.writableEnded
}

/** Sets fields on whatever answer follows. */
export function announcing(response: ServerResponse): Announce {
  return (name, value) => {
    if (!isAnswered(response)) response.setHeader(name, value)
  }
}
