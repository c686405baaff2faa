/**
 * The admin port: health and metrics by hand, everything below `/admin` by a framework that is loaded when somebody
 * asks for it. A node that is only watched does not pay for it in memory.
 *
 *   GET /health/live    200 while the process can answer at all
 *   GET /health/ready   200 while requests should be sent here, otherwise 503
 *   GET /metrics        Prometheus
 *   /admin/v1/...       the operations of `wire/operations.ts`, for whoever has a token for them
 *   GET /admin/openapi.json
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { livenessAnswer, readinessAnswer } from './health.ts'
import type { Exposition } from './metrics/exposition.ts'
import { type AdminApiOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { type PlainAnswer, problemAnswer, writeAnswer } from './plain-answer.ts'

/** An admin port, not bound to any. */
export interface AdminApi {
  /** For `http.createServer`; answers every request. */
  readonly listener: RequestListener
  /** Ends what was started for it. Does not close the server that it administers. */
  close(): Promise<void>
}

/**
 * Makes the admin port of a server. Starts nothing and loads nothing before the first request.
 *
 * Throws TypeError or RangeError for wrong options.
 */
export function createAdminApi(options: AdminApiOptions): AdminApi {
  const resolved = resolveOptions(options)
  const exposition = once(async () => {
    const { createExposition } = await import('./metrics/exposition.ts')
    return createExposition()
  })
  const app = once(async () => {
    const { createApp } = await import('./api/create-app.ts')
    return createApp(resolved)
  })
  const plain = plainAnswers(resolved, exposition.value)
  return {
    listener(request, response) {
      if (isForApp(request.url)) {
        void route(app.value(), request, response)
        return
      }
      request.resume()
      void answerTo(request, plain)
        .catch(() => broken)
        .then((answer) => writeAnswer(response, answer, request.method))
    },
    async close() {
      const made = await exposition.made()
      made?.close()
      await (await app.made())?.close()
    },
  }
}

const broken = problemAnswer(500, 'something broke')

function isForApp(target: string | undefined): boolean {
  return target?.startsWith('/admin/') === true
}

async function route(
  app: Promise<FastifyInstance>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const ready = await app
    ready.routing(request, response)
  } catch {
    writeAnswer(response, broken, request.method)
  }
}

type PlainAnswers = ReadonlyMap<string, () => PlainAnswer | Promise<PlainAnswer>>

/** What can be answered without the framework, by path. */
function plainAnswers(
  options: ResolvedOptions,
  exposition: () => Promise<Exposition>,
): PlainAnswers {
  const { isServing, report, staleGraceSeconds } = options
  return new Map<string, () => PlainAnswer | Promise<PlainAnswer>>([
    ['/health/live', () => livenessAnswer],
    [
      '/health/ready',
      async () => {
        const { staleSeconds } = (await report()).registry
        return readinessAnswer({ isServing: isServing(), staleSeconds, staleGraceSeconds })
      },
    ],
    [
      '/metrics',
      async () => {
        const { text, contentType } = await exposition()
        return { status: 200, body: await text(await report()), type: contentType }
      },
    ],
  ])
}

/** The query plays no part. */
async function answerTo(
  { method, url = '' }: IncomingMessage,
  plain: PlainAnswers,
): Promise<PlainAnswer> {
  const answer = plain.get(url.split('?', 1)[0] ?? '')
  if (answer === undefined) return problemAnswer(404, 'there is nothing at this path')
  if (method === 'GET' || method === 'HEAD') return await answer()
  return problemAnswer(405, 'only GET and HEAD are possible here', { allow: 'GET, HEAD' })
}

/** Something that is made when it is first asked for. */
interface Once<Value> {
  value(): Promise<Value>
  /** What was made, if anything was. */
  made(): Promise<Value | undefined>
}

function once<Value>(make: () => Promise<Value>): Once<Value> {
  let made: Promise<Value> | undefined
  return {
    value() {
      made ??= make()
      return made
    },
    made: async () => await made?.catch(() => undefined),
  }
}
