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
import { confidential } from '../respond.ts'
import { claimsOfActiveToken } from '../tokens/own-token.ts'
import { clientEndpoint, type EndpointWorld, refuse } from './endpoint-world.ts'
import {
  bearerTokenIn,
  callerWithToken,
  callingClient,
  type IntrospectionCaller,
  visibleClaims,
} from './introspection-caller.ts'
import { readParameters } from './request-parameters.ts'
import { signedAnswer, wantsSignedAnswer } from './signed-introspection.ts'

/** Makes the introspection endpoint. */
export function createIntrospectionEndpoint(world: EndpointWorld): Endpoint {
  const forClients = clientEndpoint(
    world,
    'introspection',
    ({ caller, parameters, request }, answer) => {
      const client = callingClient(caller.client, world.state.registry)
      respond(introspect(client, parameters, request, world), answer)
    },
  )
  return (request, answer) => {
    const token = bearerTokenIn(request.authorization)
    if (token === undefined) forClients(request, answer)
    else respond(introspectWithToken(token, request, world), answer)
  }
}

/** Signed answers may come later. */
function respond(
  response: MaybePromise<EndpointResponse>,
  answer: (response: EndpointResponse) => void,
): void {
  if (response instanceof Promise) void response.then(answer)
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
  if (typeof caller === 'string') return refuse(world, 'introspection', caller, undefined)
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
