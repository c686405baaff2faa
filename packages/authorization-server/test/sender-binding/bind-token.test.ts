import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { nodeEngine } from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import { partnerCertificate, the } from '@mintmark/testkit'
import { type EndpointRequest, severalHeaders } from '../../src/http/endpoint.ts'
import {
  type Binding,
  bindToken,
  type ProofUse,
  type RequiredBinding,
} from '../../src/sender-binding/bind-token.ts'
import { openBinding } from '../../src/sender-binding/open-binding.ts'
import { someProof } from './proofs.ts'

const engine = nodeEngine()
const der = new Uint8Array(new X509Certificate(partnerCertificate.cert).raw)
const thumbprint = createHash('sha256').update(der).digest('base64url')
const nothing: RequiredBinding = { proof: false, certificate: false }

interface Sent {
  readonly dpop?: EndpointRequest['authorization']
  readonly certificate?: Uint8Array
}

function bind(
  sent: Sent,
  required: RequiredBinding,
  { isEnforced = true, use = 'first' as ProofUse, mutualTlsOrigin = '' } = {},
): Binding | Promise<Binding> {
  invariant(engine !== undefined, 'tests run on Node')
  const request: EndpointRequest = {
    method: 'POST',
    target: '/oauth/token',
    authorization: undefined,
    contentType: undefined,
    body: { ok: true, text: '' },
    remoteAddress: undefined,
    headerLines: () => [],
    header: () => sent.dpop,
    certificate: () => sent.certificate && { der: sent.certificate, isTrusted: false },
  }
  const world = openBinding('optional', {
    tokenEndpoint: the.tokenEndpoint,
    mutualTlsOrigin: mutualTlsOrigin || undefined,
    masterKey: new Uint8Array(32),
    engine,
    replayGuard: { consume: () => use },
  })
  return bindToken(request, required, () => isEnforced, world, the.nowSeconds * 1000)
}

async function confirmationOf(binding: Binding | Promise<Binding>) {
  const { ok, ...rest } = await binding
  assert.ok(ok)
  return (rest as { confirmation?: unknown }).confirmation
}

async function reasonOf(binding: Binding | Promise<Binding>) {
  const bound = await binding
  return bound.ok ? 'bound' : bound.reason
}

describe('binding a token', () => {
  it('to the certificate of the connection when that is wanted, and not otherwise [A7]', async () => {
    const wanted = { proof: false, certificate: true }
    const confirmation = await confirmationOf(bind({ certificate: der }, wanted))
    assert.deepEqual(confirmation, { 'x5t#S256': thumbprint })
    assert.equal(await confirmationOf(bind({ certificate: der }, nothing)), undefined)
  })

  it('to both key and certificate when both are wanted, and to neither alone [A7]', async () => {
    const both = { proof: true, certificate: true }
    const dpop = await someProof()
    const confirmation = await confirmationOf(bind({ certificate: der, dpop }, both))
    assert.deepEqual(Object.keys(confirmation as object).sort(), ['jkt', 'x5t#S256'])
    assert.equal(await reasonOf(bind({ dpop }, both)), 'binding_certificate_missing')
    assert.equal(await reasonOf(bind({ certificate: der }, both)), 'dpop_proof_missing')
  })

  it('is given up in shadow mode only for what is missing, and the rest stays bound [A3]', async () => {
    const both = { proof: true, certificate: true }
    const shadowed = { isEnforced: false }
    assert.equal(await confirmationOf(bind({}, both, shadowed)), undefined)
    const half = await confirmationOf(bind({ certificate: der }, both, shadowed))
    assert.deepEqual(half, { 'x5t#S256': thumbprint })
  })

  it('takes proofs for the address of the token endpoint where certificates are shown [A7]', async () => {
    const mutualTlsOrigin = 'https://mtls.example'
    const { pathname } = new URL(the.tokenEndpoint)
    const there = { dpop: await someProof({ claims: { htu: mutualTlsOrigin + pathname } }) }
    assert.equal(await reasonOf(bind(there, nothing, { mutualTlsOrigin })), 'bound')
    assert.equal(await reasonOf(bind(there, nothing)), 'dpop_proof_misdirected')
    const here = { dpop: await someProof() }
    assert.equal(await reasonOf(bind(here, nothing, { mutualTlsOrigin })), 'bound')
    for (const htu of [`${mutualTlsOrigin}/`, `https://other.example${pathname}`]) {
      const elsewhere = { dpop: await someProof({ claims: { htu } }) }
      const reason = await reasonOf(bind(elsewhere, nothing, { mutualTlsOrigin }))
      assert.equal(reason, 'dpop_proof_misdirected')
    }
  })

  it('is refused for two DPoP headers, and while nobody can tell whether a proof is new [A7]', async () => {
    assert.equal(await reasonOf(bind({ dpop: severalHeaders }, nothing)), 'dpop_headers_several')
    for (const [use, reason] of [
      ['repeated', 'dpop_proof_replayed'],
      ['full', 'overloaded'],
      ['unavailable', 'replay_store_unavailable'],
    ] as const) {
      const binding = bind({ dpop: await someProof() }, nothing, { use })
      assert.equal(await reasonOf(binding), reason)
    }
  })
})
