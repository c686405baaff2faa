/**
 * The sample API, shaped like a partner API: partners hand in applications and read what was decided.
 *
 * | route | who | ring |
 * |---|---|---|
 * | `GET /public/v1/rates`, `GET /public/v1/status` | anybody | public, by address |
 * | `POST DOOR/applications` | `applications:write` | partner, by client |
 * | `GET DOOR/applications/ID` | either scope | partner, by client |
 * | `GET DOOR/applications/ID/decision`, or `DOOR/decisions/ID` | `decisions:read` | partner, by client |
 * | `GET DOOR/decisions` | `decisions:read` | partner, by client |
 *
 * Whoever may only apply cannot read decisions: 403 `insufficient_scope`, never 401. A door is a path with a guard of
 * its own, because each is an audience of its own; most APIs have one.
 */
import type { RequestListener } from 'node:http'
import type { ClientAddressReader, Rings } from '@mintmark/limits'
import type { Guard } from '@mintmark/resource-server'
import { limit, type ProtectedListener, protect } from '@mintmark/resource-server/node'
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import { problem } from './answers.ts'
import { createApplicationRoutes } from './application-routes.ts'
import { createApplicationStore } from './application-store.ts'
import { answerOther, showRates, showStatus } from './public-routes.ts'
import { firstRoute, pathOf, type Route, route } from './route.ts'

/** What it takes to hand in an application. */
export const applicationsScope = 'applications:write'

/** What it takes to read a decision. */
export const decisionsScope = 'decisions:read'

/** A path below which partners are served. */
export interface Door {
  /** `/partner/v1`, for example. */
  readonly path: string
  /** For the audience of this door. */
  readonly guard: Guard
}

/** What the API is made of. */
export interface PartnerApiOptions {
  readonly doors: readonly Door[]
  readonly rings: Rings
  /** Whose word about addresses is believed; see `clientAddressReader`. Default: nobody's. */
  readonly addresses?: ClientAddressReader
  readonly clock?: Clock
  readonly random?: RandomSource
}

/** Makes the API, with applications of its own, in memory. Listens nowhere. */
export function createPartnerApi(options: PartnerApiOptions): RequestListener {
  const { doors, clock = systemClock, random = systemRandom } = options
  const ringed = {
    rings: options.rings,
    ...(options.addresses !== undefined && { addresses: options.addresses }),
  }
  const applications = createApplicationStore(clock, random)
  const open = limit(ringed)
  const routes = [
    route('GET', '/public/v1/rates', open(showRates)),
    route('GET', '/public/v1/status', open(showStatus)),
    ...doors.flatMap(({ path, guard }) => partnerRoutes(path, guard)),
  ]
  const other = open(({ url = '' }, response) => answerOther(routes, pathOf(url), response))
  return (request, response) => {
    const found = firstRoute(routes, request.method ?? '', pathOf(request.url ?? ''))
    const listener: ProtectedListener = found ?? other
    listener(request, response).catch(() => {
      // The connection broke while the body came, or this API has a bug: there is nobody to tell, or nothing to say.
      if (response.headersSent) response.destroy()
      else problem(response, 500, 'Internal Server Error')
    })
  }

  function partnerRoutes(path: string, guard: Guard): readonly Route[] {
    const writes = protect({ guard, scope: applicationsScope, ...ringed })
    const reads = protect({ guard, scope: decisionsScope, ...ringed })
    const either = { any: `${applicationsScope} ${decisionsScope}` }
    const knows = protect({ guard, scope: either, ...ringed })
    const { apply, show, showDecision, listDecisions } = createApplicationRoutes(path, applications)
    return [
      route('POST', `${path}/applications`, writes(apply)),
      route('GET', `${path}/applications/ID`, knows(show)),
      route('GET', `${path}/applications/ID/decision`, reads(showDecision)),
      route('GET', `${path}/decisions/ID`, reads(showDecision)),
      route('GET', `${path}/decisions`, reads(listDecisions)),
    ]
  }
}
