import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { webEngine } from '@mintmark/jwt'
import type { GuardedRequest, GuardOptions } from '@mintmark/resource-server'
import { otherPartnerCertificate } from '@mintmark/testkit'
import { carrying, guardWorld, signedToken } from '../guard-world.ts'
import {
  boundToken,
  certificate,
  certificateThumbprint,
  jkt,
  outcome,
  outcomeOf,
  presenting,
  proofFor,
  takingProofs,
} from './bound-requests.ts'

const cnf = { 'x5t#S256': certificateThumbprint }
const token = boundToken(cnf)
const otherCertificate = new Uint8Array(new X509Certificate(otherPartnerCertificate.cert).raw)

/** A connection as `node:tls` has it. */
function connection(raw: Uint8Array | undefined, remoteAddress = '192.0.2.1') {
  return { remoteAddress, getPeerCertificate: () => (raw === undefined ? {} : { raw }) }
}

const over = (socket: object | undefined, bearer = token): GuardedRequest => ({
  ...carrying(bearer),
  socket,
})

const field = (der: Uint8Array): string => `:${Buffer.from(der).toString('base64')}:`

describe('a token bound to a certificate', () => {
  test('is admitted over the connection that showed it, on every engine [R5]', async () => {
    const socket = connection(certificate)
    assert.equal(await outcome(() => over(socket), {}), 'admitted')
    assert.equal(await outcome(() => over(socket), { engine: webEngine() }), 'admitted')
    assert.equal(await outcome(() => over(socket), { senderBinding: 'certificate' }), 'admitted')
    assert.equal(await outcome(() => over(socket), { senderBinding: 'any' }), 'admitted')
  })

  const refusals: readonly (readonly [string, object | undefined, string])[] = [
    ['without a connection', undefined, 'certificate_missing'],
    ['over a connection without TLS', { remoteAddress: '192.0.2.1' }, 'certificate_missing'],
    ['over a connection without a certificate', connection(undefined), 'certificate_missing'],
    ['with another certificate', connection(otherCertificate), 'certificate_mismatch'],
    ['with an empty certificate', connection(new Uint8Array()), 'certificate_mismatch'],
  ]
  for (const [title, socket, expected] of refusals) {
    test(`is refused ${title}: ${expected} [R5]`, async () => {
      assert.equal(await outcome(() => over(socket), {}), expected)
      const verdict = await guardWorld().guard.check(over(socket))
      assert.ok(!verdict.admitted)
      assert.deepEqual([verdict.status, verdict.error], [401, 'invalid_token'])
    })
  }

  test('is compared at every request, also when it is remembered [R3] [R5]', async () => {
    const { guard } = guardWorld()
    const [own, other] = [connection(certificate), connection(otherCertificate)]
    for (const [socket, expected] of [
      [own, 'admitted'],
      [other, 'certificate_mismatch'],
      [undefined, 'certificate_missing'],
      [own, 'admitted'],
    ] as const) {
      assert.equal(outcomeOf(await guard.check(over(socket))), expected)
    }
  })

  test('asks a connection for its certificate once', async () => {
    const { guard } = guardWorld()
    let asked = 0
    const socket = {
      getPeerCertificate: () => {
        asked += 1
        return { raw: certificate }
      },
    }
    for (let at = 0; at < 3; at += 1) {
      assert.equal((await guard.check(over(socket))).admitted, true)
    }
    assert.equal((await guard.check({ ...carrying(signedToken()), socket })).admitted, true)
    assert.equal(asked, 1)
  })

  test('is no token for the DPoP scheme [R5]', async () => {
    const make = async () => ({
      ...presenting(token, await proofFor(token)),
      socket: connection(certificate),
    })
    assert.equal(await outcome(make), 'token_not_bound')
    const options = { ...takingProofs, senderBinding: 'dpop' } as const
    const asBearer = () => over(connection(certificate))
    assert.equal(await outcome(asBearer, options), 'token_not_bound')
  })

  for (const [title, thumbprint] of [
    ['in the other alphabet', certificateThumbprint.replaceAll('-', '+').replaceAll('_', '/')],
    ['in lower case', certificateThumbprint.toLowerCase()],
    ['with padding', `${certificateThumbprint}=`],
  ]) {
    test(`is another when its thumbprint is written ${title} [R5]`, async () => {
      const strange = boundToken({ 'x5t#S256': thumbprint })
      const expected = thumbprint === certificateThumbprint ? 'admitted' : 'certificate_mismatch'
      assert.equal(await outcome(() => over(connection(certificate), strange), {}), expected)
    })
  }
})

describe('a token bound to both', () => {
  const both = boundToken({ ...cnf, jkt })
  const send = async (socket: object | undefined, withProof = true) => ({
    ...presenting(both, withProof ? await proofFor(both) : undefined),
    socket,
  })

  test('needs both, and each alone is not enough [R5]', async () => {
    for (const engine of [undefined, webEngine()]) {
      const options = engine === undefined ? takingProofs : { ...takingProofs, engine }
      assert.equal(await outcome(() => send(connection(certificate)), options), 'admitted')
      const other = connection(otherCertificate)
      assert.equal(await outcome(() => send(other), options), 'certificate_mismatch')
      assert.equal(await outcome(() => send(undefined), options), 'certificate_missing')
      const proofless = () => send(connection(certificate), false)
      assert.equal(await outcome(proofless, options), 'proof_missing')
      const bearer = () => over(connection(certificate), both)
      assert.equal(await outcome(bearer, options), 'sender_constrained')
    }
  })

  test('does not use its proof up on the wrong connection [R5]', async () => {
    const { guard } = guardWorld(takingProofs)
    const request = await send(connection(otherCertificate))
    assert.equal(outcomeOf(await guard.check(request)), 'certificate_mismatch')
    const right = { ...request, socket: connection(certificate) }
    assert.equal(outcomeOf(await guard.check(right)), 'admitted')
  })
})

describe('a certificate that a proxy passes on', () => {
  const options: GuardOptions = {
    clientCertificate: { header: 'Client-Cert', trustedProxies: ['10.0.0.0/8', '2001:db8::1'] },
  }
  const via = (peer: string | undefined, value: string | string[], tls?: Uint8Array) => {
    const { headers } = carrying(token)
    const socket = tls === undefined ? { remoteAddress: peer } : connection(tls, peer)
    return { headers: { ...headers, 'client-cert': value }, socket }
  }

  test('is believed from a trusted proxy, and counts in place of its own [R5]', async () => {
    for (const peer of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1']) {
      assert.equal(await outcome(() => via(peer, field(certificate)), options), 'admitted')
      const own = () => via(peer, field(certificate), otherCertificate)
      assert.equal(await outcome(own, options), 'admitted')
      const swapped = () => via(peer, field(otherCertificate), certificate)
      assert.equal(await outcome(swapped, options), 'certificate_mismatch')
    }
  })

  test('is not believed from anybody else, and the observer hears of it [R5]', async () => {
    for (const peer of ['11.0.0.1', '127.0.0.1', 'nonsense', undefined]) {
      const world = guardWorld(options)
      const spoofed = await world.guard.check(via(peer, field(certificate)))
      assert.equal(outcomeOf(spoofed), 'certificate_missing')
      assert.ok(world.events.some(({ type }) => type === 'certificate_header_ignored'))
      const direct = await world.guard.check(via(peer, field(otherCertificate), certificate))
      assert.equal(outcomeOf(direct), 'admitted')
    }
  })

  test('is not looked at by a guard that was not told of proxies [R5]', async () => {
    const make = () => via('10.1.2.3', field(certificate))
    assert.equal(await outcome(make, {}), 'certificate_missing')
  })

  test('may come under another name, and escaped as nginx does it [R5]', async () => {
    const base64 = Buffer.from(certificate).toString('base64')
    const lines = base64.match(/.{1,64}/g) ?? []
    const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', '']
    const escaped = encodeURIComponent(pem.join('\n'))
    const named: GuardOptions = {
      clientCertificate: {
        ...{ header: 'X-SSL-Client-Cert', encoding: 'escaped-pem', trustedProxies: ['10.0.0.0/8'] },
      },
    }
    const over = (name: string, value: string, peer = '10.1.2.3') => {
      const { headers } = carrying(token)
      return { headers: { ...headers, [name]: value }, socket: { remoteAddress: peer } }
    }
    assert.equal(await outcome(() => over('x-ssl-client-cert', escaped), named), 'admitted')
    for (const request of [
      () => over('x-ssl-client-cert', field(certificate)),
      () => over('client-cert', escaped),
      () => over('x-ssl-client-cert', escaped, '11.0.0.1'),
    ]) {
      assert.equal(await outcome(request, named), 'certificate_missing')
    }
  })

  for (const [title, value] of [
    ['garbage', 'garbage'],
    ['two fields', [field(certificate), field(certificate)]],
    ['two values in one field', `${field(certificate)}, ${field(certificate)}`],
    ['parameters', `${field(certificate)};a=1`],
    ['too much', `:${'A'.repeat(20_000)}:`],
  ] as const) {
    test(`is none when the field has ${title}, and the observer hears of it [R5]`, async () => {
      const world = guardWorld(options)
      const request = via('10.1.2.3', value as string, certificate)
      assert.equal(outcomeOf(await world.guard.check(request)), 'certificate_missing')
      assert.ok(world.events.some(({ type }) => type === 'certificate_header_unreadable'))
    })
  }
})

describe('a certificate that a function finds', () => {
  const platform = new WeakMap<object, Uint8Array>()

  test('counts, for requests of Fetch as well [R5]', async () => {
    const options = { clientCertificate: (request: object) => platform.get(request) }
    const headers = { authorization: `Bearer ${token}` }
    const request = new Request('https://api.example', { headers })
    const { guard } = guardWorld(options)
    assert.equal(outcomeOf(await guard.check(request)), 'certificate_missing')
    platform.set(request, certificate)
    assert.equal(outcomeOf(await guard.check(request)), 'admitted')
    const shown = { headers: request.headers, original: request }
    assert.equal(outcomeOf(await guard.check(shown)), 'admitted')
    platform.set(request, otherCertificate)
    assert.equal(outcomeOf(await guard.check(request)), 'certificate_mismatch')
  })

  test('admits nobody when it throws or returns anything else [R5]', async () => {
    const broken = () => {
      throw new RangeError('from the function')
    }
    const mistaken = (() => certificateThumbprint) as never
    const late = (async () => certificate) as never
    for (const [clientCertificate, error] of [
      [broken, RangeError],
      [mistaken, TypeError],
      [late, TypeError],
    ] as const) {
      const { guard } = guardWorld({ clientCertificate })
      await assert.rejects(guard.check(carrying(token)), error)
    }
  })
})
