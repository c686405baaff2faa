/** Everything that a server can refuse, with secrets in every place, and nothing of them in any line. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AuthorizationServerEvent,
  createAuthorizationServer,
  sqlite,
} from '@mintmark/authorization-server'
import { FakeClock, findSecret, the } from '@mintmark/testkit'
import { startLog } from '../src/serve-log.ts'
import { scriptedEdge } from './scripted-edge.ts'

const wireText = 'wire-text-that-nobody-may-repeat'
const wrongSecret = 'mm_live_wrong-secret-of-somebody'

describe('the log of a server that is asked for everything wrong', () => {
  it('has a line for each refusal and nothing of what was sent, in lines or in answers [A13] [C10]', async () => {
    const { edge, notices } = scriptedEdge()
    const log = await startLog('debug', edge)
    const reasons = new Set<string>()
    const observer = (event: AuthorizationServerEvent): void => {
      if (event.type === 'request_refused') reasons.add(event.reason)
      log.observer(event)
    }
    const clock = new FakeClock()
    const storage = sqlite(':memory:')
    const server = await createAuthorizationServer({ issuer: the.issuer, storage, clock, observer })
    const { registry } = server
    await registry.createResource({ id: the.audience, scope: the.scope })
    const made = await registry.createClient({ id: the.clientId, scope: the.scope })
    assert.ok(made.ok && made.value.clientSecret !== undefined)
    const secret = made.value.clientSecret.reveal()
    const added = await registry.addSecret(the.clientId, {})
    assert.ok(added.ok)
    await registry.retireSecret(the.clientId, added.value.secret.id, { force: true })
    const retired = added.value.clientSecret.reveal()
    const basic = (id: string, text: string) => ({
      authorization: `Basic ${btoa(`${id}:${text}`)}`,
    })
    const good = basic(the.clientId, secret)
    const send: Send = async (path, body, headers = {}) => {
      const request = new Request(the.issuer + path, {
        method: 'POST',
        headers: { ...headers } as Record<string, string>,
        body: typeof body === 'string' ? body : new URLSearchParams({ ...body }),
      })
      return await (await server.fetch(request)).text()
    }
    const token = JSON.parse(await send('/oauth/token', form, good)).access_token as string
    const answers = await refusedAnswers(send, { secret, retired, token })
    await server.registry.setClientDisabled(the.clientId, true)
    answers.push(await send('/oauth/token', form, good))
    await server.close()
    assert.ok(reasons.size >= 18, [...reasons].join(' '))
    for (const hidden of [secret, retired, wrongSecret, wireText, token.split('.')[2] ?? '']) {
      assert.equal(findSecret(notices(), hidden), undefined)
      assert.equal(findSecret(answers.join('\n'), hidden), undefined)
    }
    const lines = notices().trimEnd().split('\n')
    assert.ok(lines.length > answers.length)
    for (const line of lines) assert.equal(typeof JSON.parse(line).event, 'string')
  })
})

type Send = (path: string, body: object | string, headers?: object) => Promise<string>

function basic(id: string, text: string) {
  return { authorization: `Basic ${btoa(`${id}:${text}`)}` }
}

const form = { grant_type: 'client_credentials' }

interface Secrets {
  readonly secret: string
  readonly retired: string
  readonly token: string
}

/** Sends every kind of wrong request, one after the other. */
async function refusedAnswers(send: Send, { secret, retired, token }: Secrets): Promise<string[]> {
  const good = basic(the.clientId, secret)
  const assertion = { client_assertion: token, client_assertion_type: wireText }
  return [
    await send('/oauth/token', { ...form, scope: wireText }, good),
    await send('/oauth/token', { ...form, scope: `"${wireText}` }, good),
    await send('/oauth/token', { ...form, resource: wireText }, good),
    await send('/oauth/token', { ...form, resource: `https://${wireText}` }, good),
    await send('/oauth/token', { grant_type: wireText }, good),
    await send('/oauth/token', {}, good),
    await send('/oauth/token', form, basic(the.clientId, wrongSecret)),
    await send('/oauth/token', form, basic(wireText, wrongSecret)),
    await send('/oauth/token', form, basic(the.clientId, retired)),
    await send('/oauth/token', form, { authorization: `Basic ${wireText}` }),
    await send('/oauth/token', form, { authorization: `Bearer ${token}` }),
    await send('/oauth/token', { ...form, client_id: wireText }, good),
    await send('/oauth/token', { ...form, client_secret: secret }, good),
    await send('/oauth/token', { ...form, ...assertion }),
    await send('/oauth/token', { ...form, ...assertion }, good),
    await send('/oauth/token', form),
    await send('/oauth/token', form, { ...good, dpop: token }),
    await send('/oauth/token', `{"${wireText}":`, { 'content-type': 'application/json' }),
    await send('/oauth/token', wireText, { 'content-type': wireText }),
    await send('/oauth/token', `client_secret=${secret}`.repeat(600), good),
    await send('/oauth/token', `a=${secret}&a=${secret}`, good),
    await send('/oauth/introspect', {}, good),
    await send('/oauth/introspect', { token: secret }, { authorization: `Bearer ${token}x` }),
    await send('/oauth/revoke', {}, good),
    await send('/oauth/revoke', { token }, basic(the.clientId, wrongSecret)),
    await send('/oauth/revoke', { token }, good),
  ]
}
