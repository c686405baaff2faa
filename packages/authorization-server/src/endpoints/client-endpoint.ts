/**
 * The way of a request at an endpoint for clients: parameters, failed attempts, authentication, the client's networks
 * and rate. What does not get through is refused here, in that order; the endpoint sees the rest.
 *
 * Invariants
 *  (1) What a stranger can find out is whether his own address has asked too often. How often a client may ask is told
 *      to that client only, and where it may ask from is told to nobody.
 *  (2) Every doubt about the caller is counted like every other.
 */
import { type LimitVerdict, rateLimitHeaders } from '@mintmark/limits'
import type { Parameters } from '@mintmark/protocol'
import { authenticateClient } from '../client-authentication/authenticate-client.ts'
import {
  type AuthenticatedClient,
  type Authentication,
  type FailedAuthentication,
  notAuthenticated,
} from '../client-authentication/authentication.ts'
import {
  namedClientId,
  presentedCredentials,
} from '../client-authentication/presented-credentials.ts'
import type { EndpointName } from '../events.ts'
import type { Endpoint, EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import { type RefusalReason, wireError } from '../refusal.ts'
import type { LimitAnswer } from '../request-limits/request-limits.ts'
import { serverError, withFields } from '../respond.ts'
import { admittedEndpoint } from './admitted-endpoint.ts'
import { type EndpointWorld, isEnforced, refuse, refuseLimited } from './endpoint-world.ts'
import type { ReadBody } from './known-bodies.ts'
import { type Answer, type LimitStep, takeStep } from './limit-step.ts'
import { readParameters } from './request-parameters.ts'

/** Answers a request whose client is known. */
export type ClientEndpoint = (call: ClientCall, answer: Answer) => void

/** A request whose client is known. */
export interface ClientCall {
  readonly caller: AuthenticatedClient
  readonly parameters: Parameters
  /** The body, where it says nothing but what is asked for: the same body asks for the same. */
  readonly plainBody: string | undefined
  readonly request: EndpointRequest
  /**
   * Takes one token from the client's quotas and goes on, with the way to answer from then on. Refuses by itself when
   * they have none.
   */
  takeToken(goOn: (answer: Answer) => void): void
}

/** An endpoint for clients; `respond` sees the requests whose client is known and may ask now. */
export function clientEndpoint(
  world: EndpointWorld,
  name: EndpointName,
  respond: ClientEndpoint,
): Endpoint {
  return admittedEndpoint(world, name, clientPassage(world, name, respond))
}

/** The same behind the door: for an endpoint that is not for clients only. */
export function clientPassage(
  world: EndpointWorld,
  name: EndpointName,
  respond: ClientEndpoint,
): (request: EndpointRequest, answer: Answer) => void {
  return (request, answer) => new Passage(world, name, request, answer, respond).begin()
}

/** One request on its way. */
class Passage {
  readonly #world: EndpointWorld
  readonly #name: EndpointName
  readonly #request: EndpointRequest
  readonly #answer: Answer
  readonly #respond: ClientEndpoint

  constructor(
    world: EndpointWorld,
    name: EndpointName,
    request: EndpointRequest,
    answer: Answer,
    respond: ClientEndpoint,
  ) {
    this.#world = world
    this.#name = name
    this.#request = request
    this.#answer = answer
    this.#respond = respond
  }

  begin(): void {
    const read = readParameters(this.#request)
    if (!read.ok) {
      this.#answer(refuse(this.#world, this.#name, read.reason, undefined))
      return
    }
    if (!this.#world.state.isServing) {
      this.#answer(refuse(this.#world, this.#name, 'storage_unavailable', undefined))
      return
    }
    const named = (): string | undefined => this.#named(read.parameters)
    const limited = this.#world.limits.peekFailures(this.#request, named)
    this.#unless(limited, 'rate_limited_failures', undefined, () => this.#authenticate(read))
  }

  /** The client that the request says it is of. */
  #named(parameters: Parameters): string | undefined {
    return namedClientId(presentedCredentials(this.#request, parameters))
  }

  #authenticate(read: ReadBody): void {
    const { parameters } = read
    const proceed = (authentication: Authentication): void => {
      if (authentication.ok) this.#admit(authentication, read)
      else this.#refuseCaller(authentication, parameters)
    }
    const world = this.#world.authentication
    const authentication = authenticateClient(this.#request, parameters, this.#name, world)
    if (authentication instanceof Promise) {
      authentication.then(proceed).catch(() => this.#answer(serverError))
    } else proceed(authentication)
  }

  #refuseCaller(failed: FailedAuthentication, parameters: Parameters): void {
    const { reason, clientId, detail } = failed
    if (wireError(reason).error === 'invalid_client') {
      this.#world.limits.chargeFailure(this.#request, () => this.#named(parameters))
    }
    this.#answer(refuse(this.#world, this.#name, reason, clientId, detail))
  }

  #admit(caller: AuthenticatedClient, { parameters, plainBody }: ReadBody): void {
    const { client, method, secretId } = caller
    const { limits, counters, secretUsage } = this.#world
    if (!limits.isFromItsNetworks(client, this.#request) && this.#enforces(caller)) {
      this.#refuseCaller(notAuthenticated('address_not_allowed', client.id), parameters)
      return
    }
    counters.authenticated(method)
    if (secretId !== undefined) secretUsage.record(secretId, this.#request)
    this.#unless(limits.takeClient(client), 'rate_limited_client', client.id, (rate) => {
      const takeToken: ClientCall['takeToken'] = (goOn) => this.#takeToken(caller, rate, goOn)
      const call = { caller, parameters, plainBody, request: this.#request, takeToken }
      this.#respond(call, this.#telling(rate))
    })
  }

  #takeToken(
    { client }: AuthenticatedClient,
    rate: LimitVerdict | undefined,
    goOn: (answer: Answer) => void,
  ): void {
    const limited = this.#world.limits.takeQuotas(client, rate)
    this.#unless(limited, 'quota_exceeded', client.id, (verdict) => {
      if (verdict !== undefined && verdict.shadowed.length > 0) {
        isEnforced(this.#world, this.#name, client, 'quotas', 'quota_exceeded')
      }
      goOn(this.#telling(verdict ?? rate))
    })
  }

  #enforces({ client }: AuthenticatedClient): boolean {
    return isEnforced(this.#world, this.#name, client, 'addresses', 'address_not_allowed')
  }

  /** Answers that say what is left for the client. */
  #telling(verdict: LimitVerdict | undefined): Answer {
    if (verdict === undefined) return this.#answer
    return (response) => {
      this.#answer(withFields(response, rateLimitHeaders(verdict, this.#world.random)))
    }
  }

  #unless(
    limited: LimitAnswer,
    reason: RefusalReason,
    clientId: string | undefined,
    goOn: LimitStep['goOn'],
  ): void {
    const refused = (verdict: LimitVerdict): EndpointResponse =>
      refuseLimited(
        ...([this.#world, this.#name] as const),
        ...([{ request: this.#request, reason, clientId }, verdict] as const),
      )
    takeStep(limited, { refused, goOn }, this.#answer)
  }
}
