import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  boundToken,
  outcome,
  path,
  presenting,
  proofFor,
  takingProofs,
  target,
} from './bound-requests.ts'

const token = boundToken()

describe('the URL that a proof is for', () => {
  const other = 'https://other.example'

  test('is that of the configuration, whatever the request says of itself [R5]', async () => {
    const headers = {
      ...{ host: 'other.example', forwarded: 'host=other.example;proto=https' },
      ...{ 'x-forwarded-host': 'other.example', 'x-forwarded-proto': 'https' },
      'x-forwarded-prefix': '/elsewhere',
    }
    const sent = async (htu: string) => {
      const request = presenting(token, await proofFor(token, { claims: { htu } }))
      return { ...request, headers: { ...headers, ...request.headers } }
    }
    assert.equal(await outcome(() => sent(target)), 'admitted')
    assert.equal(await outcome(() => sent(other + path)), 'proof_misdirected')
    const absolute = async () => ({ ...(await sent(target)), url: other + path })
    assert.equal(await outcome(absolute), 'admitted')
  })

  const places: readonly (readonly [url: string, htu: string, admitted: boolean])[] = [
    ['/orders/7?page=2&x=%2F', target, true],
    ['/orders/7', `${target}?page=2#top`, true],
    ['/orders/%37', target, true],
    ['/orders/7', 'HTTPS://API.example:443/%6frders/7', true],
    ['/orders/7/', target, false],
    ['/Orders/7', target, false],
    ['//other.example/orders/7', 'https://other.example/orders/7', false],
    ['//other.example/orders/7', 'https://api.example//other.example/orders/7', true],
    ['/orders/7\\..', target, false],
    ['*', 'https://api.example/', false],
    ['/', 'https://api.example', true],
    ['https://other.example', 'https://api.example/', true],
  ]
  for (const [url, htu, admitted] of places) {
    test(`${url} is ${admitted ? '' : 'not '}that of ${htu} [R5]`, async () => {
      const make = async () =>
        presenting(token, await proofFor(token, { claims: { htu } }), { url })
      assert.equal(await outcome(make), admitted ? 'admitted' : 'proof_misdirected')
    })
  }

  test('is the one before a router took its mount off [R5]', async () => {
    const make = async () =>
      presenting(token, await proofFor(token), { url: '/7', originalUrl: `${path}?x` })
    assert.equal(await outcome(make), 'admitted')
  })

  test('has the public prefix of the longest mount that fits [R5]', async () => {
    const options = {
      ...takingProofs,
      publicPaths: { '/': '/partner/v1/', '/internal/': '/', '/internal/admin/': '/admin/' },
    }
    for (const [url, htu] of [
      ['/orders', 'https://api.example/partner/v1/orders'],
      ['/internal', 'https://api.example/partner/v1/internal'],
      ['/internal/orders', 'https://api.example/orders'],
      ['/internal/admin/x', 'https://api.example/admin/x'],
    ] as const) {
      const make = async () =>
        presenting(token, await proofFor(token, { claims: { htu } }), { url })
      assert.equal(await outcome(make, options), 'admitted', url)
      const direct = `https://api.example${url}`
      const bypass = async () =>
        presenting(token, await proofFor(token, { claims: { htu: direct } }), { url })
      assert.equal(await outcome(bypass, options), 'proof_misdirected', url)
    }
  })
})
