import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { SignalListeners } from '../src/signal-listeners.ts'

test('listens once to a signal that many share, and tells all of them [C5]', () => {
  const controller = new AbortController()
  const listeners = new SignalListeners()
  const told: number[] = []
  for (let number = 0; number < 100; number += 1) {
    listeners.add(controller.signal, () => told.push(number))
  }
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1)
  controller.abort()
  assert.equal(told.length, 100)
})

test('stops listening with the last that leaves, and begins anew with the next [C5]', () => {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new SignalListeners()
  const told: string[] = []
  const first = listeners.add(signal, () => told.push('first'))
  const second = listeners.add(signal, () => told.push('second'))
  first()
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  second()
  second()
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  listeners.add(signal, () => told.push('third'))
  first()
  controller.abort()
  assert.deepEqual(told, ['third'])
})

test('leaves out whoever left because of one that was told before [C5]', () => {
  const controller = new AbortController()
  const listeners = new SignalListeners()
  const told: string[] = []
  let leave: () => void = () => undefined
  listeners.add(controller.signal, () => leave())
  leave = listeners.add(controller.signal, () => told.push('left'))
  controller.abort()
  assert.deepEqual(told, [])
})
