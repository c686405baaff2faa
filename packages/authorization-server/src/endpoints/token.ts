/**
 * The token endpoint (RFC 6749 sections 3.2, 4.4 and 5): parse, authenticate, decide, bind, then sign with the rest of
 * the turn. Reads and writes no database row for a token that is not bound to a key.
 */
import type { Confirmation } from '@mintmark/protocol'
import type { Endpoint } from '../http/endpoint.ts'
import { confidential, serverError, withHeader } from '../respond.ts'
import { type Binding, bindToken } from '../sender-binding/bind-token.ts'
import {
  type AccessTokenTemplate,
  tokenResponseOf,
  tokenTypeOf,
} from '../tokens/access-token-template.ts'
import { SigningBacklog } from '../tokens/signing-backlog.ts'
import { createSigningTurn } from '../tokens/signing-turn.ts'
import { type ClientCall, clientEndpoint } from './client-endpoint.ts'
import { type EndpointWorld, isEnforced, refuse } from './endpoint-world.ts'
import type { Answer } from './limit-step.ts'
import { decideToken } from './token-decision.ts'

/** Makes the token endpoint. */
export function createTokenEndpoint(world: EndpointWorld): Endpoint {
  const { clock, newIdentifier, observer } = world
  const backlog = new SigningBacklog(() => clock.monotonicMs())
  const turn = createSigningTurn(
    ...([world.engine, world.opaqueSeal, () => clock.wallMs(), backlog] as const),
    world.signatures,
  )
  world.counters.signaturesWaiting = () => turn.waiting
  world.load.signingPressure = () => backlog.pressure

  function issue(
    template: AccessTokenTemplate,
    confirmation: Confirmation | undefined,
    answer: Answer,
  ): void {
    const jti = newIdentifier()
    const isAccepted = turn.sign(template, jti, confirmation, (token) => {
      if (token === undefined) {
        return answer(refuse(world, 'token', 'signer_unavailable', template.clientId))
      }
      answer(confidential(tokenResponseOf(template, token, tokenTypeOf(confirmation))))
      observer(issued(template, jti))
    })
    if (!isAccepted) answer(refuse(world, 'token', 'overloaded', template.clientId))
  }

  return clientEndpoint(world, 'token', (call, answer) => {
    const { client } = call.caller
    const decision = decideToken(call, client, world)
    if (!decision.ok) return answer(refuse(world, 'token', decision.reason, client.id))
    const { template } = decision
    if (template.needs === undefined && call.request.header('dpop') === undefined) {
      return call.takeToken((respond) => issue(template, undefined, respond))
    }
    const conclude = (binding: Binding): void => {
      const { nextNonce } = binding
      if (binding.ok) {
        const { confirmation } = binding
        call.takeToken((respond) => issue(template, confirmation, answering(nextNonce, respond)))
      } else answering(nextNonce, answer)(refuse(world, 'token', binding.reason, client.id))
    }
    const binding = bind(call, template, world)
    if (binding instanceof Promise) binding.then(conclude).catch(() => answer(serverError))
    else conclude(binding)
  })
}

/** Binds, and tells what is watched only. */
function bind(
  { caller, request }: ClientCall,
  { needs }: AccessTokenTemplate,
  world: EndpointWorld,
) {
  const { client } = caller
  for (const { policy, reason } of needs?.shadowed ?? []) {
    world.observer({
      type: 'refusal_shadowed',
      endpoint: 'token',
      policy,
      reason,
      clientId: client.id,
    })
  }
  return bindToken(
    request,
    needs?.binding ?? nothingRequired,
    (reason) => isEnforced(world, 'token', client, 'sender_constraint', reason),
    world.binding,
    world.clock.wallMs(),
  )
}

const nothingRequired = { proof: false, certificate: false }

function answering(nextNonce: string | undefined, answer: Answer): Answer {
  if (nextNonce === undefined) return answer
  return (response) => answer(withHeader(response, 'DPoP-Nonce', nextNonce))
}

function issued(template: AccessTokenTemplate, jti: string) {
  return {
    type: 'token_issued',
    clientId: template.clientId,
    jti,
    scope: template.scope,
    audience: template.audience,
    lifetimeSeconds: template.lifetimeSeconds,
  } as const
}
