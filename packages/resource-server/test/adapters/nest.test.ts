import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { protect, Scope } from '@mintmark/resource-server/nest'
import { some } from '@mintmark/testkit'
import { Controller, UseGuards } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import type { Request, Response } from 'express'
import { guardWorld, signedToken } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import {
  applicationOf,
  controllerOf,
  type NestRequest,
  type Platform,
  served,
} from './nest-application.ts'
import { requestContext, type Serve } from './served-application.ts'

const platform: Platform = {
  everyPath: '{*path}',
  bodyOf: (request) => text(request as NestRequest & IncomingMessage),
}

const serve: Serve = async (options, before) => {
  const mounted = controllerOf(platform, UseGuards(protect(options)))
  const others = controllerOf(platform, UseGuards(protect(options)))
  Controller('mounted')(mounted)
  Controller()(others)
  const app = await applicationOf(new ExpressAdapter(), mounted, others)
  app.use((request: Request, response: Response, next: () => void) => {
    before?.(request.url, (status) => response.status(status).end())
    requestContext.run(request.url, next)
  })
  return await served(app)
}

adapterContract('nest', serve, { emptyBody: '{}' })

test('a route needs its own scope, or that of its controller, or that of the guard', async () => {
  const own = controllerOf(platform, Scope('own'))
  const inherited = controllerOf(platform)
  const plain = controllerOf(platform)
  Controller('own')(own)
  Controller('inherited')(inherited)
  Controller('plain')(plain)
  Scope('controller')(own)
  Scope('controller')(inherited)
  const app = await applicationOf(new ExpressAdapter(), own, inherited, plain)
  app.useGlobalGuards(protect({ guard: guardWorld().guard, scope: 'global' }))
  const application = await served(app)
  const answers = []
  for (const scope of ['own', 'controller', 'global']) {
    const token = signedToken({ claims: some.claims({ scope }) })
    for (const path of ['/own/x', '/inherited/x', '/plain/x']) {
      const headers = [['Authorization', `Bearer ${token}`]] as const
      answers.push((await application.send({ path, headers })).status)
    }
  }
  await application.close()
  assert.deepEqual(answers, [200, 403, 403, 403, 200, 403, 403, 403, 200])
})

test('a scope that is none fails where it is written', () => {
  assert.throws(() => Scope(''), TypeError)
})
