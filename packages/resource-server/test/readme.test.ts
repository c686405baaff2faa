/** The examples of the README, as they are written there, run behind real sockets. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { type INestApplication, Logger } from '@nestjs/common'
import { transform } from 'esbuild'
import type { FastifyInstance } from 'fastify'
import type { Hono } from 'hono'
import type Koa from 'koa'
import { serveListener } from './adapters/sent-request.ts'
import { guardWorld, signedToken } from './guard-world.ts'

// Nest tells of every start.
Logger.overrideLogger(false)

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The listener of the application that an example calls `app`. */
const listeners: Readonly<
  Record<string, (app: never) => RequestListener | Promise<RequestListener>>
> = {
  Express: (app: RequestListener) => app,
  async Fastify(app: FastifyInstance) {
    await app.ready()
    return app.routing
  },
  Hono: (app: Hono) => getRequestListener(app.fetch),
  Koa: (app: Koa) => app.callback(),
  async NestJS(app: INestApplication) {
    await app.init()
    return app.getHttpAdapter().getInstance()
  },
}

/** Imports become calls: the text is no file that could have any, and decorators are no syntax of ours. */
async function runnable(example: string): Promise<string> {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
  const { code } = await transform(example, { loader: 'ts', format: 'esm', tsconfigRaw })
  return code
    .replace(/^import (\w+) from ("[^"]+");$/gm, 'const { default: $1 } = await load($2);')
    .replace(/^import (\{[^}]+\}) from ("[^"]+");$/gm, 'const $1 = await load($2);')
}

for (const [framework, listenerOf] of Object.entries(listeners)) {
  test(`the example for ${framework} in the README protects its route [R8]`, async () => {
    const example = new RegExp(`### ${framework}\n\n\`\`\`ts\n(.*?)\`\`\``, 's').exec(readme)?.[1]
    const code = await runnable(example ?? assert.fail('there is an example'))
    const AsyncFunction = Object.getPrototypeOf(runnable).constructor
    const run = new AsyncFunction('guard', 'load', `${code}; return [app]`)
    const [app] = await run(guardWorld().guard, (specifier: string) => import(specifier))
    const application = await serveListener(await listenerOf(app as never), [])
    const headers = [['Authorization', `Bearer ${signedToken()}`]] as const
    const admitted = await application.send({ path: '/decisions', headers })
    const refused = await application.send({ path: '/decisions' })
    await application.close()
    assert.deepEqual(JSON.parse(admitted.body), { client: 'partner-a' })
    assert.equal(refused.status, 401)
  })
}
