/** Every adapter hands on the claims in the type that its guard makes of them. The compiler shows half of this. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { VerifiedClaims } from '@mintmark/resource-server'
import * as expressAdapter from '@mintmark/resource-server/express'
import * as fastifyAdapter from '@mintmark/resource-server/fastify'
import * as fetchAdapter from '@mintmark/resource-server/fetch'
import * as honoAdapter from '@mintmark/resource-server/hono'
import * as koaAdapter from '@mintmark/resource-server/koa'
import type * as nestAdapter from '@mintmark/resource-server/nest'
import * as nodeAdapter from '@mintmark/resource-server/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { guardWorld, signedToken } from '../guard-world.ts'
import { serveListener } from './sent-request.ts'

interface PartnerClaims {
  readonly partner: string
}

const { guard } = guardWorld({ claims: ({ client_id: partner }): PartnerClaims => ({ partner }) })
const headers = [['Authorization', `Bearer ${signedToken()}`]] as const

async function answerOf(listener: Parameters<typeof serveListener>[0]): Promise<string> {
  const application = await serveListener(listener, [])
  const { body } = await application.send({ headers })
  await application.close()
  return body
}

test('node: the third argument of the listener [R7]', async () => {
  const listener = nodeAdapter.protect({ guard })((_request, response, { claims }) => {
    // @ts-expect-error: what the guard did not make of the claims is not there.
    assert.equal(claims.iss, undefined)
    response.end(claims.partner)
  })
  assert.equal(await answerOf(listener), 'partner-a')
})

test('fetch: the second argument of the function [R7]', async () => {
  const respond = fetchAdapter.protect({ guard })((_request, { claims }) => {
    // @ts-expect-error: what the guard did not make of the claims is not there.
    assert.equal(claims.iss, undefined)
    return new Response(claims.partner)
  })
  const request = new Request('https://api.example', { headers: headers.map(([...pair]) => pair) })
  assert.equal(await (await respond(request)).text(), 'partner-a')
})

test('express: admissionOf of the middleware [R7]', async () => {
  const partners = expressAdapter.protect({ guard })
  const app = express().get('/', partners, (request, response) => {
    const { claims } = partners.admissionOf(request)
    // @ts-expect-error: what the guard did not make of the claims is not there.
    assert.equal(claims.iss, undefined)
    response.send(claims.partner)
  })
  assert.equal(await answerOf(app), 'partner-a')
})

test('fastify: admissionOf of the hook [R7]', async () => {
  const partners = fastifyAdapter.protect({ guard })
  const app = fastify().get('/', { onRequest: partners }, (request) => {
    const { claims } = partners.admissionOf(request)
    // @ts-expect-error: what the guard did not make of the claims is not there.
    assert.equal(claims.iss, undefined)
    return claims.partner
  })
  const { body } = await app.inject({ url: '/', headers: { authorization: headers[0][1] } })
  assert.equal(body, 'partner-a')
})

test('hono: the variable of the context [R7]', async () => {
  const app = new Hono().get('/', honoAdapter.protect({ guard }), (context) => {
    const { claims } = context.get('admission')
    // @ts-expect-error: what the guard did not make of the claims is not there.
    assert.equal(claims.iss, undefined)
    return context.text(claims.partner)
  })
  const response = await app.request('/', { headers: { authorization: headers[0][1] } })
  assert.equal(await response.text(), 'partner-a')
})

test('koa: the state of the context [R7]', async () => {
  const app = new Koa<koaAdapter.AdmittedState<PartnerClaims>>()
  app.use(koaAdapter.protect({ guard }))
  app.use((context) => {
    const { claims } = context.state.admission
    // @ts-expect-error: what the guard did not make of the claims is not there.
    assert.equal(claims.iss, undefined)
    context.body = claims.partner
  })
  assert.equal(await answerOf(app.callback()), 'partner-a')
})

test('nest: the type of the parameter; decorators cannot have one [R7]', () => {
  const partnerOf = ({ claims }: nestAdapter.Admission<PartnerClaims>): string => claims.partner
  const subjectOf = ({ claims }: nestAdapter.Admission): string => claims.sub
  // @ts-expect-error: an admission of other claims is another type.
  const mistaken: (admission: nestAdapter.Admission<VerifiedClaims>) => string = partnerOf
  assert.equal(typeof mistaken, typeof subjectOf)
})
