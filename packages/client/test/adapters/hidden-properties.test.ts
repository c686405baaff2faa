/** Properties that stay, and are not printed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  hideConnections,
  hideProperties,
  hideRequest,
} from '../../src/adapters/hidden-properties.ts'

test('keeps a hidden property in its place, and out of what is printed [C10]', () => {
  const owner = { request: { header: 'Bearer k3y' }, status: 200 }
  hideProperties(owner, 'request', 'absent')
  assert.equal(owner.request.header, 'Bearer k3y')
  assert.equal(inspect(owner), '{ status: 200 }')
  assert.equal(JSON.stringify(owner), '{"status":200}')
  owner.request = { header: 'another' }
  assert.deepEqual(Object.keys(owner), ['status'])
  assert.equal(owner.request.header, 'another')
  assert.equal('absent' in owner, false)
})

test('hides what leads to a request from agents and responses [C10]', () => {
  const agent = { sockets: {}, freeSockets: {}, requests: {}, maxSockets: 1 }
  hideConnections(agent)
  assert.deepEqual(Object.keys(agent), ['maxSockets'])
  const response = { req: {}, socket: {}, client: {}, request: {}, statusCode: 200 }
  hideRequest(response)
  assert.deepEqual(Object.keys(response), ['statusCode'])
})

test('leaves alone what is no object, and what is frozen [C10]', () => {
  const frozen = Object.freeze({ request: 1 })
  for (const value of [undefined, null, 'text', 7, frozen]) hideRequest(value)
  assert.equal(frozen.request, 1)
})
