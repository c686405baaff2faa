/** Tokens that are bound to a key (RFC 9449). */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { dpop } from '@mintmark/client'
import { decodeJwt } from 'jose'
import type { Arrival } from '../adapter-world.ts'
import type { ContractCase } from './contract-case.ts'

export const bindingCases: readonly ContractCase[] = [
  {
    title: 'sends a proof for each request with a bound token [C13]',
    options: () => ({ senderBinding: dpop() }),
    run: async ({ world, caller }) => {
      await caller.send({ url: `${world.api}/orders?page=2` })
      await caller.send({ url: `${world.api}/orders`, method: 'POST', body: '{}' })
      const proofs = world.arrivals.map(proofOf)
      const htu = `${world.api}/orders`
      const ath = createHash('sha256')
        .update(world.tokens[0] ?? '')
        .digest('base64url')
      assert.deepEqual(
        proofs.map((proof) => [proof.htm, proof.htu, proof.ath]),
        [
          ['GET', htu, ath],
          ['POST', htu, ath],
        ],
      )
      assert.notEqual(proofs[0]?.jti, proofs[1]?.jti)
      for (const { headers } of world.arrivals) {
        assert.equal(headers.authorization, `DPoP ${world.tokens[0]}`)
      }
    },
  },
  {
    title: 'repeats a call with the nonce that the API asks for [C13]',
    options: () => ({ senderBinding: dpop() }),
    run: async ({ world, caller }) => {
      world.onPath('/orders', (arrival, response) => {
        response.setHeader('dpop-nonce', 'n-2')
        if (proofOf(arrival).nonce === 'n-1') return void response.end('served')
        response.setHeader('www-authenticate', 'DPoP error="use_dpop_nonce"')
        response.setHeader('dpop-nonce', 'n-1')
        response.writeHead(401).end()
      })
      const call = { url: `${world.api}/orders`, method: 'POST', body: 'with a nonce' }
      const answer = await caller.send(call)
      assert.deepEqual([answer.status, String(answer.body)], [200, 'served'])
      assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [2, 1])
      assert.equal(String(world.arrivals[1]?.body), 'with a nonce')
      await caller.send({ url: `${world.api}/decisions` })
      assert.equal(proofOf(world.arrivals[2]).nonce, 'n-2')
    },
  },
  {
    title: 'repeats a call for a nonce only once [C13]',
    options: () => ({ senderBinding: dpop() }),
    run: async ({ world, caller }) => {
      world.onPath('/orders', (_arrival, response) => {
        response.setHeader('www-authenticate', 'DPoP error="use_dpop_nonce"')
        response.setHeader('dpop-nonce', `n-${world.arrivals.length}`)
        response.writeHead(401).end()
      })
      assert.equal((await caller.send({ url: `${world.api}/orders` })).status, 401)
      assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [2, 1])
    },
  },
]

function proofOf(arrival: Arrival | undefined) {
  return decodeJwt(String(arrival?.headers.dpop))
}
