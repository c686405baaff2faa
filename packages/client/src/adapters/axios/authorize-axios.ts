/**
 * Authorizing what an axios instance sends.
 *
 * Invariants
 *  (1) The token is in a copy of the configuration that only the sending adapter gets. Interceptors, errors and answers
 *      have the configuration without it.
 *  (2) A request is repeated as it was sent: no interceptor and no transformation runs a second time for it.
 */
import { isReplayableBody } from '../../replayable-body.ts'
import type { Authorization, RequestToAuthorize } from '../../request-authorizer.ts'
import type { TokenClient } from '../../token-client.ts'
import { hideConnections } from '../hidden-properties.ts'
import { hasIdempotencyKey, replacedHeaders } from '../replaced-headers.ts'
import { resourceAnswer } from '../resource-answer.ts'
import type { AxiosAdapter, AxiosAnswer, AxiosConfig, AxiosInstance } from './axios-instance.ts'
import { adapterOf, bareInstance } from './bare-instance.ts'
import { type AxiosFailure, cleanAnswer, cleanError } from './clean-outcome.ts'
import { watchRedirects } from './watch-redirects.ts'

/**
 * Makes `instance` authorize its requests, and gives it back.
 *
 * Works behind all interceptors, around whichever adapter a request names. Sets `Authorization`, replacing one that was
 * given, and `auth` too. A 401 that a new token would cure is answered by one more request, unless the body is a
 * stream; every other answer is treated as axios does. `timeout` is for each sending, the wait for a token not
 * included; `signal` ends it all.
 *
 * Requests reject with `TokenAcquisitionError`, and nothing is sent, without a token or for an origin that it may not
 * be sent to; with `TypeError` for a URL that is not absolute. In errors and answers of axios, `request` is not
 * enumerable, nor are the connections of the agents in the configuration: they lead to the token.
 *
 * The `http` adapter drops the token on a redirect to another origin, as the platform's `fetch` does for the `fetch`
 * adapter; with that one, a 401 from where such a redirect led is taken for one of the API.
 */
export function authorizeAxios<Instance extends AxiosInstance>(
  instance: Instance,
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
): Instance {
  const bare = bareInstance(instance)
  const chosenAdapters = new WeakMap<object, unknown>()
  const authorize = (config: AxiosConfig): AxiosConfig => {
    const given = config.adapter
    // Libraries that repeat requests take the configuration out of an error, and this adapter with it.
    const chosen = typeof given === 'function' ? (chosenAdapters.get(given) ?? given) : given
    const adapter = authorizedAdapter(client, bare, adapterOf(bare, chosen))
    chosenAdapters.set(adapter, chosen)
    config.adapter = adapter
    return config
  }
  const { request } = instance.interceptors
  request.use(authorize as never, null as never, { synchronous: true } as never)
  return instance
}

/** One request, with everything needed to send it again. */
interface Call {
  readonly client: Pick<TokenClient, 'authorize' | 'reauthorize'>
  readonly config: AxiosConfig
  readonly request: RequestToAuthorize & { readonly url: string }
  readonly send: AxiosAdapter
}

function authorizedAdapter(
  client: Call['client'],
  bare: AxiosInstance,
  send: AxiosAdapter,
): AxiosAdapter {
  return async (config) => {
    hideConnections(config.httpAgent)
    hideConnections(config.httpsAgent)
    const request = requestOf(bare.getUri(config), config)
    return sendAndJudge({ client, config, request, send }, await client.authorize(request))
  }
}

function requestOf(url: string, { method = 'get', data, signal, headers }: AxiosConfig) {
  const request = {
    ...{ url, method: method.toUpperCase(), isReplayable: isReplayableBody(data) },
    hasIdempotencyKey: hasIdempotencyKey(Object.keys(headers ?? {})),
  }
  return signal instanceof AbortSignal ? { ...request, signal } : request
}

async function sendAndJudge(call: Call, authorization: Authorization): Promise<AxiosAnswer> {
  const { client, config, request } = call
  const { answer, url, failure } = await send(call, authorization)
  if (answer !== undefined) {
    const told = resourceAnswer(answer.status, answer.headers, url)
    const next = await client.reauthorize(request, authorization, told)
    if (next !== undefined) {
      discard(answer)
      return sendAndJudge(call, next)
    }
    if (failure === undefined) return cleanAnswer(answer, config)
  }
  throw cleanError(failure, config)
}

/** How one sending ended. Which answers are failures too, `validateStatus` says. */
interface Outcome {
  readonly answer: AxiosAnswer | undefined
  /** The URL that answered, if a redirect led there. */
  readonly url: string | undefined
  readonly failure?: unknown
}

async function send(call: Call, authorization: Authorization): Promise<Outcome> {
  const { config, request } = call
  const { beforeRedirect, lastUrl } = watchRedirects(request.url, config)
  const headers = replacedHeaders(config.headers ?? {}, authorization.headers)
  try {
    const answer = await call.send({ ...config, headers, beforeRedirect, auth: undefined })
    return { answer, url: lastUrl() }
  } catch (failure) {
    const { response: answer } = failure as AxiosFailure
    return { answer, url: lastUrl(), failure }
  }
}

/** What is left of an answer that nobody will read: with a streamed body, its connection. */
function discard({ data }: AxiosAnswer): void {
  const body = data as { destroy?: () => void; cancel?: () => Promise<void> } | null
  body?.destroy?.()
  body?.cancel?.().catch(() => undefined)
}
