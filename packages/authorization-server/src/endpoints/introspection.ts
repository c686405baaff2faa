/**
 * The introspection endpoint (RFC 7662), with signed answers for who asks for them (RFC 9701).
 *
 * Every doubt about the caller is 401, every doubt about the token is `{"active":false}`. Refusals are JSON, whatever
 * was asked for. Who may ask, and what it sees: `introspection-caller.ts`.
 */
import type { MaybePromise } from '@mintmark/jwt'
import {
  inactive,
  type Parameters,
  parseIntrospectionRequest,
  serialiseActive,
} from '@mintmark/protocol'
import type { Endpoint, EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import { confidential, serverError } from '../respond.ts'
import { claimsOfActiveToken } from '../tokens/own-token.ts'
import { admittedEndpoint } from './admitted-endpoint.ts'
import { clientPassage } from './client-endpoint.ts'
import { type EndpointWorld, refuse, refuseLimited } from './endpoint-world.ts'
import {
  bearerTokenIn,
  callerWithToken,
  callingClient,
  type IntrospectionCaller,
  visibleClaims,
} from './introspection-caller.ts'
import { type Answer, type LimitStep, takeStep } from './limit-step.ts'
import { readParameters } from './request-parameters.ts'
import { signedAnswer, wantsSignedAnswer } from './signed-introspection.ts'

/** Makes the introspection endpoint. */
export function createIntrospectionEndpoint(world: EndpointWorld): Endpoint {
  const forClients = clientPassage(
    world,
    'introspection',
    ({ caller, parameters, request }, answer) => {
      const client = callingClient(caller.client, world.state.registry)
      respond(introspect(client, parameters, request, world), answer)
    },
  )
  return admittedEndpoint(world, 'introspection', (request, answer) => {
    const token = bearerTokenIn(request.authorization)
    if (token === undefined) forClients(request, answer)
    else withToken(token, request, world, answer)
  })
}

/** A wrong token is a failed attempt like a wrong secret. */
function withToken(
  token: string,
  request: EndpointRequest,
  world: EndpointWorld,
  answer: Answer,
): void {
  const refused = { request, reason: 'rate_limited_failures', clientId: undefined } as const
  const step: LimitStep = {
    refused: (verdict) => refuseLimited(world, 'introspection', refused, verdict),
    goOn: () => respond(introspectWithToken(token, request, world), answer),
  }
  takeStep(
    world.limits.peekFailures(request, () => undefined),
    step,
    answer,
  )
}

/** Signed answers may come later. */
function respond(
  response: MaybePromise<EndpointResponse>,
  answer: (response: EndpointResponse) => void,
): void {
  if (response instanceof Promise) response.then(answer).catch(() => answer(serverError))
  else answer(response)
}

function introspectWithToken(
  token: string,
  request: EndpointRequest,
  world: EndpointWorld,
): MaybePromise<EndpointResponse> {
  const read = readParameters(request)
  if (!read.ok) return refuse(world, 'introspection', read.reason, undefined)
  if (bodyCredentials.some((name) => read.parameters.one(name) !== undefined)) {
    return refuse(world, 'introspection', 'several_authentication_methods', undefined)
  }
  const caller = callerWithToken(token, world, world.clock.wallMs())
  if (typeof caller === 'string') {
    if (caller === 'bearer_token_invalid') world.limits.chargeFailure(request, () => undefined)
    return refuse(world, 'introspection', caller, undefined)
  }
  return introspect(caller, read.parameters, request, world)
}

const bodyCredentials = ['client_secret', 'client_assertion']

function introspect(
  caller: IntrospectionCaller,
  parameters: Parameters,
  request: EndpointRequest,
  world: EndpointWorld,
): MaybePromise<EndpointResponse> {
  const parsed = parseIntrospectionRequest(parameters)
  if (!parsed.ok) return refuse(world, 'introspection', 'token_missing', caller.clientId)
  const claims = claimsOfActiveToken(parsed.value.token, world, world.clock.wallMs())
  const visible = claims && visibleClaims(claims, caller, world.state.registry)
  world.observer({
    type: 'token_introspected',
    clientId: caller.clientId,
    active: visible !== undefined,
  })
  const said = visible === undefined ? inactive : serialiseActive(visible)
  return wantsSignedAnswer(request.header('accept'))
    ? signedAnswer(said, caller.clientId, world)
    : confidential(said)
}
