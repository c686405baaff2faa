/**
 * What the server has done since it was made, in numbers. Whoever exports metrics reads a {@link ServerReport} when it
 * is asked for one.
 *
 * Invariants
 *  (1) Counting is an addition; no clock is read, nothing is allocated, nobody is called. Durations are handed over.
 *  (2) What is counted apart comes from fixed lists: reasons, endpoints, methods, policies. No count is kept by client,
 *      token or address.
 */
import type { AuthorizationServerEvent, EndpointName } from '../events.ts'
import type { RefusalReason } from '../refusal.ts'
import type { AuthenticationMethod } from '../registry/client.ts'
import { RequestDurations } from './request-durations.ts'
import type { Count } from './server-report.ts'

/** The counters of one server. */
export class ServerCounters {
  tokensIssued = 0
  tokensRevoked = 0
  introspectionsActive = 0
  introspectionsInactive = 0
  reloads = 0
  failedReloads = 0
  readonly durations = new RequestDurations()
  /** Set by the token endpoint: how many requests wait for their signature. */
  signaturesWaiting: () => number = () => 0
  readonly #authentications = new Map<AuthenticationMethod, number>()
  readonly #refusals = new Map<EndpointName, Map<RefusalReason, number>>()
  readonly #shadowed = new Map<string, number>()

  /** Counts what an event tells. */
  observe(event: AuthorizationServerEvent): void {
    switch (event.type) {
      case 'token_issued':
        this.tokensIssued += 1
        break
      case 'token_introspected':
        if (event.active) this.introspectionsActive += 1
        else this.introspectionsInactive += 1
        break
      case 'request_refused':
        increase(this.#refusalsAt(event.endpoint), event.reason)
        break
      case 'refusal_shadowed':
        increase(this.#shadowed, event.policy)
        break
      case 'token_revoked':
        this.tokensRevoked += 1
        break
      case 'registry_reloaded':
        this.reloads += 1
        break
      case 'registry_reload_failed':
        this.failedReloads += 1
        break
    }
  }

  /** Counts a client that has proved who it is. */
  authenticated(method: AuthenticationMethod): void {
    increase(this.#authentications, method)
  }

  get authentications(): readonly Count<'method'>[] {
    return [...this.#authentications].map(([method, count]) => ({ method, count }))
  }

  get refusals(): readonly Count<'endpoint' | 'reason'>[] {
    return [...this.#refusals].flatMap(([endpoint, reasons]) =>
      [...reasons].map(([reason, count]) => ({ endpoint, reason, count })),
    )
  }

  get shadowedRefusals(): readonly Count<'policy'>[] {
    return [...this.#shadowed].map(([policy, count]) => ({ policy, count }))
  }

  #refusalsAt(endpoint: EndpointName): Map<RefusalReason, number> {
    const known = this.#refusals.get(endpoint)
    if (known !== undefined) return known
    const made = new Map<RefusalReason, number>()
    this.#refusals.set(endpoint, made)
    return made
  }
}

function increase<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
