import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GuardOptions } from '@mintmark/resource-server'
import { guardWorld } from '../guard-world.ts'

const publicOrigin = 'https://api.example'
const store = { consumeReplay: async () => [] }
const secret = 'canary-4711'
const escaped = { encoding: 'escaped-pem', trustedProxies: ['::1'] } as const

describe('the options about bound tokens', () => {
  const right: readonly GuardOptions[] = [
    { publicOrigin },
    { publicOrigin: 'https://api.example/' },
    { publicOrigin: 'http://127.0.0.1:8080' },
    { publicOrigin, publicPaths: { '/': '/v1/' }, senderBinding: 'dpop' },
    { publicOrigin, dpopNonces: 'required', dpopNonceKey: new Uint8Array(64) },
    { publicOrigin, replayStore: store, replayWhenUnavailable: 'local', replayDeadlineMs: 5 },
    { senderBinding: 'certificate', clientCertificate: 'connection' },
    { clientCertificate: { header: 'Client-Cert', trustedProxies: ['10.0.0.0/8'] } },
    { clientCertificate: { header: 'X-SSL-Client-Cert', ...escaped } },
    { clientCertificate: () => undefined },
  ]
  for (const options of right) {
    test(`may be ${JSON.stringify(options)}`, () => {
      assert.doesNotThrow(() => guardWorld(options))
    })
  }

  const wrong: readonly (readonly [name: string, options: object])[] = [
    ['publicOrigin', { publicOrigin: 'api.example' }],
    ['publicOrigin', { publicOrigin: 'http://api.example' }],
    ['publicOrigin', { publicOrigin: `https://api.example/${secret}` }],
    ['publicOrigin', { publicOrigin: 'https://api.example/?x' }],
    ['publicOrigin', { publicOrigin: `https://${secret}@api.example` }],
    ['publicOrigin', { publicOrigin: ['https://api.example'] }],
    ['publicPaths', { publicPaths: { '/': '/v1/' } }],
    ['publicPaths', { publicOrigin, publicPaths: { '/': '/v1' } }],
    ['publicPaths', { publicOrigin, publicPaths: { v1: '/' } }],
    ['publicPaths', { publicOrigin, publicPaths: { '/': '/v1/?x/' } }],
    ['publicPaths', { publicOrigin, publicPaths: { '/': '//evil.example/' } }],
    ['publicPaths', { publicOrigin, publicPaths: { '/': 1 } }],
    ['publicPaths', { publicOrigin, publicPaths: null }],
    ['proofAgeSecondsMax', { proofAgeSecondsMax: 10 }],
    ['proofAgeSecondsMax', { publicOrigin, proofAgeSecondsMax: 0 }],
    ['proofAgeSecondsMax', { publicOrigin, proofAgeSecondsMax: 3_601 }],
    ['dpopNonces', { dpopNonces: 'required' }],
    ['dpopNonces', { publicOrigin, dpopNonces: true }],
    ['dpopNonceKey', { publicOrigin, dpopNonceKey: new Uint8Array(32) }],
    ['dpopNonceKey', { publicOrigin, dpopNonces: 'required', dpopNonceKey: new Uint8Array(31) }],
    ['dpopNonceKey', { publicOrigin, dpopNonces: 'required', dpopNonceKey: secret.repeat(4) }],
    ['replayStore', { replayStore: store }],
    ['replayStore', { publicOrigin, replayStore: { get: 1 } }],
    ['replayWhenUnavailable', { publicOrigin, replayWhenUnavailable: 'local' }],
    ['replayWhenUnavailable', { publicOrigin, replayStore: store, replayWhenUnavailable: 'open' }],
    ['replayDeadlineMs', { publicOrigin, replayStore: store, replayDeadlineMs: 0 }],
    ['senderBinding', { senderBinding: 'dpop' }],
    ['senderBinding', { senderBinding: 'mtls' }],
    ['senderBinding', { senderBinding: true }],
    ['clientCertificate', { clientCertificate: 'header' }],
    ['clientCertificate', { clientCertificate: null }],
    ['clientCertificate', { clientCertificate: { header: 'X-Client-Cert', trustedProxies: [] } }],
    ['clientCertificate', { clientCertificate: { header: 'Client-Cert' } }],
    ['header', { clientCertificate: { header: 'a: b', trustedProxies: ['::1'] } }],
    ['header', { clientCertificate: { trustedProxies: ['::1'] } }],
    ['encoding', { clientCertificate: { header: 'A', encoding: 'pem', trustedProxies: ['::1'] } }],
    ['clientCertificate', { clientCertificate: { header: 'Client-Cert', trustedProxies: [] } }],
    ['trustedProxies', { clientCertificate: { header: 'Client-Cert', trustedProxies: [secret] } }],
    [
      'clientCertificate',
      { clientCertificate: { header: 'Client-Cert', trustedProxies: ['::1'], trust: true } },
    ],
  ]
  for (const [at, [name, options]] of wrong.entries()) {
    test(`name the wrong one and not its value: ${name} (${at})`, () => {
      assert.throws(
        () => guardWorld(options),
        ({ message }: Error) => message.includes(name) && !message.includes(secret),
      )
    })
  }
})
