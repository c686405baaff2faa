/** The door of an endpoint for clients: turned away is who finds no room, and whose address asks too often. */
import type { LimitVerdict } from '@mintmark/limits'
import type { EndpointName } from '../events.ts'
import type { Endpoint, EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import { noDetail } from '../refusals/refusal-detail.ts'
import { overloaded, serverError } from '../respond.ts'
import { type EndpointWorld, refuseLimited } from './endpoint-world.ts'
import { type Answer, takeStep } from './limit-step.ts'

/** An endpoint behind the door. Whatever breaks, a request is answered once, and counts as under way until then. */
export function admittedEndpoint(
  world: EndpointWorld,
  name: EndpointName,
  judge: (request: EndpointRequest, answer: Answer) => void,
): Endpoint {
  const { load, limits, clock } = world
  const count = world.counters.durations.at(name)
  const endpoint = (request: EndpointRequest, answer: Answer): void => {
    const enteredMonotonicMs = load.enter()
    let isOpen = true
    const settle = (response: EndpointResponse): void => {
      if (!isOpen) return
      isOpen = false
      load.leave()
      count(response.status, clock.monotonicMs() - enteredMonotonicMs)
      answer(response)
    }
    const refused = { request, reason: 'rate_limited_address', clientId: undefined } as const
    const step = {
      refused: (verdict: LimitVerdict) => refuseLimited(world, name, refused, verdict),
      goOn: () => judge(request, settle),
    }
    try {
      takeStep(limits.takeAddress(request), step, settle)
    } catch {
      settle(serverError)
    }
  }
  return Object.assign(endpoint, { withoutRoom: turnsAway(world, name) })
}

/** Whether there is room, for each request that arrives. */
function turnsAway(
  { load, observer }: EndpointWorld,
  name: EndpointName,
): () => EndpointResponse | undefined {
  let turnedAway = 0
  return () => {
    if (load.hasRoomFor(name)) return undefined
    turnedAway += 1
    observer({
      type: 'request_refused',
      endpoint: name,
      reason: 'overloaded',
      clientId: undefined,
      detail: noDetail,
    })
    return overloaded(turnedAway)
  }
}
