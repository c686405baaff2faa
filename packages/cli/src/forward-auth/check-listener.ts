/** The forward-auth endpoint: proxies ask here about each request before they pass it on. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { ClientAddressReader } from '@mintmark/limits'
import { checkAnswer } from './check-answer.ts'
import { type CheckTarget, createTargetReader } from './check-target.ts'
import type { Judge, JudgedRequest, Judgement } from './judge.ts'
import {
  type ForwardAuthMode,
  type OriginalRequest,
  originalRequest,
  wellFormed,
} from './original-request.ts'
import { ownRefusal } from './own-refusal.ts'
import { requestViolation } from './request-violation.ts'

/** What every request to a guard is judged with. */
export interface GuardedPlace {
  readonly judge: Judge
  /** Scope that every request takes. */
  readonly scope: string | undefined
  /** Which proxies are ours. */
  readonly addresses: ClientAddressReader
  /** Told of every judgement. */
  readonly note: (judgement: Judgement) => void
}

/** A forward-auth endpoint. */
export interface CheckPlace extends GuardedPlace {
  readonly mode: ForwardAuthMode
}

/** Makes the listener. Bodies are not looked at: a proxy is not to send any. */
export function checkListener(place: CheckPlace): RequestListener {
  const readTarget = createTargetReader()
  return async (request, response) => {
    const judgement = await judgementOn(request, place, readTarget(request.url ?? ''))
    const { status, fields, body } = checkAnswer(judgement, place.mode)
    place.note(judgement)
    send(response, status, [...fields.flat(), 'content-length', String(body.length)], body)
  }
}

async function judgementOn(
  request: IncomingMessage,
  place: CheckPlace,
  target: CheckTarget | undefined,
): Promise<Judgement> {
  const violation = target === undefined ? 'target_malformed' : requestViolation(request.rawHeaders)
  if (violation !== undefined) return { admitted: false, refusal: ownRefusal(violation) }
  return await place.judge(judgedRequest(request, place, target as CheckTarget))
}

function judgedRequest(
  request: IncomingMessage,
  place: CheckPlace,
  target: CheckTarget,
): JudgedRequest {
  const { rawHeaders, headers, socket } = request
  const original = place.addresses.isTrusted(socket.remoteAddress)
    ? originalOf(request, place.mode, target)
    : undefined
  return {
    guarded: { headers, rawHeaders, socket, method: original?.method, url: original?.target },
    scope: bothScopes(place.scope, target.scope),
  }
}

function originalOf(
  { method, rawHeaders }: IncomingMessage,
  mode: ForwardAuthMode,
  target: CheckTarget,
): OriginalRequest | undefined {
  return target.original === undefined
    ? originalRequest(mode, rawHeaders)
    : wellFormed(method, target.original)
}

/** What both ask for. */
function bothScopes(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return `${one} ${other}`
}

/** Sends a complete answer. @param fields - Names and values in turn. */
export function send(
  response: ServerResponse,
  status: number,
  fields: readonly string[],
  body: string,
): void {
  response.writeHead(status, [...fields])
  response.end(body)
}
