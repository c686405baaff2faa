import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { type TestContext, test } from 'node:test'
import { findSecret, jsonResponse, the } from '@mintmark/testkit'
import {
  context as activeContext,
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api'
import { outcomeOf } from '../client-world.ts'
import { observedWorld } from './observed-world.ts'

function observed(context: TestContext) {
  const world = observedWorld()
  context.after(() => world.close())
  return world
}

test('makes a span for a token request, as long as it took, with what may be known of it [C16]', async (context) => {
  const { client, clock, tokenEndpoint, spans } = observed(context)
  tokenEndpoint.hold()
  const waiting = client.token()
  await clock.advance(700)
  tokenEndpoint.release()
  const { fingerprint } = await waiting
  const [span] = spans.getFinishedSpans()
  assert.deepEqual([span?.name, span?.kind], ['token request', SpanKind.CLIENT])
  assert.deepEqual(span?.startTime, [the.nowSeconds, 0])
  assert.deepEqual(span?.duration, [0, 700_000_000])
  assert.deepEqual(span?.status, { code: 0 })
  assert.deepEqual(span?.attributes, {
    'service.part': 'orders',
    'mintmark.outcome': 'obtained',
    'mintmark.trigger': 'empty',
    'mintmark.scope': the.scope,
    'mintmark.callers': 1,
    'mintmark.attempts': 1,
    'mintmark.token.fingerprint': fingerprint,
    'mintmark.token.lifetime_seconds': 3600,
  })
})

test('tells in a failed span what the error tells, and no text of the server [C10] [C16]', async (context) => {
  const { client, tokenEndpoint, spans } = observed(context)
  const body = { error: 'invalid_scope', error_description: the.clientSecret }
  tokenEndpoint.fail(() => jsonResponse(body, { status: 400 }))
  await outcomeOf(client.token())
  const [span] = spans.getFinishedSpans()
  assert.equal(span?.status.code, 2)
  assert.deepEqual(span?.attributes, {
    'service.part': 'orders',
    'mintmark.outcome': 'failed',
    'mintmark.trigger': 'empty',
    'mintmark.failure.kind': 'terminal',
    'error.type': 'request_refused',
    'mintmark.scope': the.scope,
    'mintmark.callers': 1,
    'mintmark.attempts': 1,
    'mintmark.served_from_cache': false,
    'http.response.status_code': 400,
    'mintmark.oauth_error': 'invalid_scope',
  })
  assert.deepEqual([span?.events, span?.links], [[], []])
  assert.equal(findSecret(JSON.stringify(span?.attributes), the.clientSecret), undefined)
})

test('puts a request into the trace of the caller, and a renewal into one of its own [C16]', async (context) => {
  const { client, clock, spans } = observed(context)
  activeContext.setGlobalContextManager(new LocalContexts())
  context.after(() => activeContext.disable())
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const caller = trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  })
  await activeContext.with(caller, () => client.token())
  await clock.advance(3_100_000)
  await activeContext.with(caller, () => client.token())
  await clock.advance(0)
  const [first, renewal] = spans.getFinishedSpans()
  assert.equal(first?.spanContext().traceId, traceId)
  assert.equal(first?.parentSpanContext?.spanId, 'b7ad6b7169203331')
  assert.equal(renewal?.attributes['mintmark.trigger'], 'due')
  assert.equal(renewal?.parentSpanContext, undefined)
})

/** What the SDK for Node brings along for keeping contexts across awaits. */
class LocalContexts {
  readonly #contexts = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#contexts.getStore() ?? ROOT_CONTEXT
  }

  with<Args extends unknown[], Result>(
    context: Context,
    run: (...args: Args) => Result,
    self?: ThisParameterType<typeof run>,
    ...args: Args
  ): Result {
    return this.#contexts.run(context, () => run.apply(self, args))
  }

  bind<Target>(_context: Context, target: Target): Target {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }
}
