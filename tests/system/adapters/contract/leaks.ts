/** Nothing secret in what a library throws (requirement C10). */
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { findSecret, the } from '@mintmark/testkit'
import type { ContractCase, ContractSetting } from './contract-case.ts'

export const leakCases: readonly ContractCase[] = [
  {
    title: 'shows no token in what a call resolves with [C10]',
    run: async (setting) => {
      const { world, caller } = setting
      assertClean(setting, await caller.sendPlainly({ url: `${world.api}/orders` }))
    },
  },
  {
    title: 'shows no token in the error for an answer that is one [C10]',
    run: async (setting) => {
      const { world, caller } = setting
      world.onPath('/failing', (_arrival, response) => void response.writeHead(500).end('failed'))
      world.onPath('/never', (_arrival, response) => {
        response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
      })
      for (const path of ['/failing', '/never', '/failing']) {
        const headers = { 'content-type': 'application/json' }
        const call = { url: `${world.api}${path}`, method: 'POST', body: '{}', headers }
        assertClean(setting, await outcomeOf(caller.sendPlainly(call)))
      }
      assert.ok(world.arrivals.length > 3)
    },
  },
  {
    title: 'shows no token in the error for a broken connection [C10]',
    run: async (setting) => {
      const { world, caller } = setting
      world.onPath('/broken', (_arrival, response) => void response.destroy())
      world.onPath('/cut', (_arrival, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half', () => response.destroy())
      })
      for (const path of ['/broken', '/cut']) {
        const error = await errorOf(caller.sendPlainly({ url: `${world.api}${path}` }))
        assertClean(setting, error)
      }
    },
  },
  {
    title: 'shows no token in the error for an aborted call [C10]',
    run: async (setting) => {
      const { world, caller } = setting
      const controller = new AbortController()
      world.onPath('/slow', () => controller.abort())
      const { signal } = controller
      assertClean(setting, await errorOf(caller.sendPlainly({ url: `${world.api}/slow`, signal })))
    },
  },
]

function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error)
}

function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('the call was answered'),
    (error: unknown) => error,
  )
}

function assertClean({ world }: ContractSetting, value: unknown): void {
  assert.ok(world.tokens.length > 0)
  const printed = printsOf(value).join('\n')
  for (const secret of [...world.tokens, the.clientSecret]) {
    assert.equal(findSecret(printed, secret), undefined, printed.slice(0, 2_000))
  }
}

/** All that a logger makes of an error, along its causes. */
function printsOf(value: unknown): readonly string[] {
  const prints = [inspect(value, { depth: 10 }), String(value), jsonOf(value)]
  if (!(value instanceof Error)) return prints
  const causes = value.cause === undefined ? [] : printsOf(value.cause)
  return [...prints, value.stack ?? '', jsonOf({ ...value }), ...causes]
}

function jsonOf(value: unknown): string {
  const seen = new WeakSet<object>()
  const text = JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member
    if (seen.has(member)) return 'seen'
    seen.add(member)
    return member
  })
  return text ?? ''
}
