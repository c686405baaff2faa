/**
 * The guard for Fastify, as a hook of one route or of everything in a context.
 *
 * ```ts
 * import { admissionOf, protect } from '@mintmark/resource-server/fastify'
 *
 * app.get('/decisions', { onRequest: protect({ guard, scope: 'decisions:read' }) }, (request) => ({
 *   client: admissionOf(request).clientId,
 * }))
 *
 * app.register(async (partner) => {
 *   partner.addHook('onRequest', protect({ guard })) // every route of this context, and of no other
 * })
 * ```
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createMetadataResponder, type MetadataOptions } from '../metadata/metadata-answer.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import type { Admission, Refusal, Verdict, VerifiedClaims } from '../verdict.ts'
import { groupedFields } from './refusal-fields.ts'
import { admissionOf, admissionWith, keepAdmission } from './request-admission.ts'

export { admissionOf }

/** The part of a Fastify request that the guard touches. */
export interface GuardedFastifyRequest {
  readonly raw: IncomingMessage
}

/** The part of a Fastify reply that the guard touches. */
export interface GuardedFastifyReply {
  readonly raw: ServerResponse
  readonly sent: boolean
  code(status: number): unknown
  header(name: string, value: string | string[]): unknown
  send(body: string): unknown
}

/** A hook of Fastify for `onRequest` or `preHandler`, together with the way to what it found out. */
export interface ProtectingHook<Claims = VerifiedClaims> {
  (request: GuardedFastifyRequest, reply: GuardedFastifyReply, done: (error?: Error) => void): void
  /**
   * The admission of a request that came through this hook, with the claims of its guard. Throws `TypeError` for a
   * request that came through none.
   */
  admissionOf(request: object): Admission<Claims>
}

/**
 * Returns a hook that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * The admission is the request's property `admission`; {@link admissionOf} reads it with its type. As `onRequest` hook
 * it runs before the body is read. Refused requests are answered as RFC 6750 says, through `reply`, so that the
 * application's `onSend` and `onResponse` hooks see them. What a scope predicate throws goes to the error function of
 * the context. A token seen before costs no turn of the event loop.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect<Claims = VerifiedClaims>(
  options: ProtectOptions<Claims>,
): ProtectingHook<Claims> {
  const protection = createProtection(options)
  const hook = (
    request: GuardedFastifyRequest,
    reply: GuardedFastifyReply,
    done: (error?: Error) => void,
  ): void => {
    const announce = (name: string, value: string) => void reply.header(name, value)
    const decided = protection.decide(request.raw, announce)
    if (decided instanceof Promise) {
      decided.then((verdict) => conclude(verdict, request, reply, done), done)
    } else {
      conclude(decided, request, reply, done)
    }
  }
  return Object.assign(hook, { admissionOf: admissionWith<Claims> })
}

/** A hook of Fastify for `onRequest` or `preHandler`. */
export type LimitingHook = (
  request: GuardedFastifyRequest,
  reply: GuardedFastifyReply,
  done: (error?: Error) => void,
) => void

/**
 * Returns a hook for routes that anybody may call, without a token: it lets requests through as often as the public
 * ring grants their address, and answers others with 429 and what it takes to wait correctly. The address is that of
 * the connection, or what `addresses` makes of it; the option `trustProxy` is not asked.
 *
 * Throws `TypeError` for an unknown option, and `RangeError` for a cost that no bucket can ever hold.
 */
export function limit(options: LimitOptions): LimitingHook {
  const route = createPublicRoute(options)
  return (request, reply, done) => {
    const announce = (name: string, value: string) => void reply.header(name, value)
    const decided = route.decide(request.raw, announce)
    if (decided instanceof Promise) {
      decided.then((refusal) => passOrRefuse(refusal, reply, done), done)
    } else {
      passOrRefuse(decided, reply, done)
    }
  }
}

function passOrRefuse(
  refusal: Refusal | undefined,
  reply: GuardedFastifyReply,
  done: () => void,
): void {
  if (reply.sent) return
  if (refusal === undefined) done()
  else answerWith(refusal, reply)
}

function conclude(
  verdict: Verdict<unknown>,
  request: object,
  reply: GuardedFastifyReply,
  done: () => void,
): void {
  if (reply.sent) return
  if (verdict.admitted) {
    keepAdmission(request, verdict)
    done()
  } else {
    answerWith(verdict, reply)
  }
}

function answerWith(
  refusal: Pick<Refusal, 'headers' | 'body'> & { readonly status: number },
  reply: GuardedFastifyReply,
): void {
  reply.code(refusal.status)
  for (const [name, value] of groupedFields(refusal)) reply.header(name, value)
  reply.send(refusal.body)
}

/** A route of Fastify: for `app.route`. */
export interface MetadataRoute {
  method: 'GET'
  url: string
  handler: (request: GuardedFastifyRequest, reply: GuardedFastifyReply) => unknown
}

/**
 * The route that serves the metadata of the guard's resource (RFC 9728): `app.route(metadata({ guard }))`, on the
 * application itself or in a context without prefix.
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function metadata({ guard }: MetadataOptions): MetadataRoute {
  const respond = createMetadataResponder(guard)
  const target = guard.metadata?.target ?? ''
  return {
    method: 'GET',
    url: target,
    handler(_request, reply) {
      const answer = respond('GET', target)
      if (answer !== undefined) answerWith(answer, reply)
      return reply
    },
  }
}
