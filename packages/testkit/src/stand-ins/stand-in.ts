/**
 * A stand-in for a token service: what its documentation says of paths, bodies, required parameters, answers and
 * errors, on this machine and without an account. It refuses what the service refuses, so that a client is wrong here
 * before it is wrong there.
 *
 * Speaks under whatever origin it is reached, and for the public one in what it says (issuer, metadata, claims).
 */
import { type Clock, systemClock } from '@mintmark/runtime'
import { AnswerGate } from '../answer-gate.ts'
import { jsonResponse } from '../json-response.ts'
import type { Responder } from '../scripted-transport.ts'
import { the } from '../the.ts'
import { IssuedTokens, standInJwkSet } from './issued-tokens.ts'
import { type ReceivedTokenRequest, receiveTokenRequest } from './received-token-request.ts'

/** What every stand-in lets a test choose. */
export interface StandInOptions {
  /** Default `the.clientId`. */
  readonly clientId?: string
  /** Default `the.clientSecret`. */
  readonly clientSecret?: string
  /** The lifetime of its tokens, in seconds. Default: what the service documents. */
  readonly lifetimeSeconds?: number
  /** Default: the system's. */
  readonly clock?: Clock
}

/** The one client that a stand-in knows. */
export interface KnownClient {
  readonly clientId: string
  readonly clientSecret: string
}

/** A running stand-in, for a scripted transport or, through `nodeListener`, a real server. */
export interface StandIn {
  readonly issuer: string
  /** Its public URL. */
  readonly tokenEndpoint: string
  readonly client: KnownClient
  /** Answers requests to any of its paths, whatever their origin; 404 for others. */
  readonly responder: Responder
  /** What the token endpoint was sent, in the order of arrival. */
  readonly tokenRequests: readonly ReceivedTokenRequest[]
  /** Answers the next token requests with these faults instead, one each. */
  fail(...faults: readonly Responder[]): void
  /** Keeps answers of the token endpoint back until `release`. */
  hold(): void
  release(): void
  /** Whether the token is one of its own, and neither expired nor revoked: what its API would say. */
  admits(token: string): boolean
  /** From now on its API refuses every token issued so far. */
  revokeTokens(): void
}

/** What makes a service the one that it is. */
export interface StandInService {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** Further paths of the token endpoint, for services with several versions of it. */
  readonly otherTokenPaths?: readonly string[]
  /** Public documents by URL. */
  readonly documents: Readonly<Record<string, object>>
  /** Where the keys of its tokens are. */
  readonly jwksUri?: string
  readonly answer: (
    request: ReceivedTokenRequest,
    tokens: IssuedTokens,
    client: KnownClient,
  ) => Response | Promise<Response>
}

/** Makes a stand-in of `service`. */
export function createStandIn(options: StandInOptions, service: StandInService): StandIn {
  const { clientId = the.clientId, clientSecret = the.clientSecret } = options
  const client = { clientId, clientSecret }
  const tokens = new IssuedTokens(options.clock ?? systemClock)
  const gate = new AnswerGate()
  const tokenRequests: ReceivedTokenRequest[] = []
  const pages = new Map(Object.entries(documentsOf(service)).map(([url, it]) => [pathOf(url), it]))
  const tokenPaths = new Set([pathOf(service.tokenEndpoint), ...(service.otherTokenPaths ?? [])])

  const answerTokenRequest = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return new Response(null, { status: 405 })
    const received = await receiveTokenRequest(request)
    tokenRequests.push(received)
    return gate.pass(request, () => service.answer(received, tokens, client))
  }
  const { issuer, tokenEndpoint } = service
  return {
    ...{ issuer, tokenEndpoint, client, tokenRequests },
    responder: async (request) => {
      const path = pathOf(request.url)
      if (tokenPaths.has(path)) return answerTokenRequest(request)
      const page = request.method === 'GET' ? pages.get(path) : undefined
      return page === undefined ? new Response(null, { status: 404 }) : jsonResponse(page)
    },
    fail: (...faults) => gate.fail(...faults),
    hold: () => gate.hold(),
    release: () => gate.release(),
    admits: (token) => tokens.admits(token),
    revokeTokens: () => tokens.revokeAll(),
  }
}

function documentsOf({ documents, jwksUri }: StandInService): Readonly<Record<string, object>> {
  return jwksUri === undefined ? documents : { ...documents, [jwksUri]: standInJwkSet }
}

function pathOf(url: string): string {
  return new URL(url).pathname
}
