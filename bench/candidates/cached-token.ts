/** Ways to get a token that is already there, from a plain field to our client and to other libraries. */
import { createServer } from 'node:http'
import { createTokenClient, type TokenClient } from '@mintmark/client'
import { listenAnywhere } from '../servers/server-ready.ts'
import type { CallLoop, CallLoops, PrepareLoop } from './call-loop.ts'
import { type PrepareTokenPeer, tokenPeers } from './token-peers.ts'

const TOKEN = 'k'.repeat(500)
const LIFETIME_SECONDS = 3_600

/** What somebody writes by hand: a value, its expiry, and one request at a time. */
class TokenByHand {
  #token = ''
  #expiresAtMs = 0
  #request: Promise<string> | undefined

  async token(): Promise<string> {
    if (Date.now() < this.#expiresAtMs) return this.#token
    this.#request ??= this.#renew().finally(() => {
      this.#request = undefined
    })
    return this.#request
  }

  current(): string | undefined {
    return Date.now() < this.#expiresAtMs ? this.#token : undefined
  }

  async #renew(): Promise<string> {
    this.#token = TOKEN
    this.#expiresAtMs = Date.now() + LIFETIME_SECONDS * 1_000
    return TOKEN
  }
}

async function warmClient(): Promise<TokenClient> {
  const client = createTokenClient({
    tokenEndpoint: 'https://issuer.example/oauth/token',
    clientId: 'partner-a',
    clientSecret: 'a secret that only this process knows',
    scope: 'applications:write decisions:read',
    transport: async () => tokenResponse(),
  })
  await client.warm()
  return client
}

function tokenResponse(): Response {
  const body = { access_token: TOKEN, token_type: 'Bearer', expires_in: LIFETIME_SECONDS }
  return Response.json(body)
}

/** The loops are written out: one loop that is given a function would time the call of that function too. */
export const loops: CallLoops = new Map<string, PrepareLoop>([
  ['floor: async function', floorOfAsync],
  ['by hand, async', byHand],
  ['by hand, sync', byHandSync],
  ['client.token()', clientToken],
  ['client.token(), revealed', clientTokenRevealed],
  ['client.currentToken()', clientCurrentToken],
  ...[...tokenPeers].map(([name, prepare]) => [name, () => peerToken(prepare)] as const),
])

function floorOfAsync(): CallLoop {
  const constant = async (): Promise<string> => TOKEN
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if ((await constant()) === TOKEN) right++
      return right
    },
  }
}

async function byHand(): Promise<CallLoop> {
  const source = new TokenByHand()
  await source.token()
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if ((await source.token()) === TOKEN) right++
      return right
    },
  }
}

async function byHandSync(): Promise<CallLoop> {
  const source = new TokenByHand()
  await source.token()
  return {
    run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if (source.current() === TOKEN) right++
      return right
    },
  }
}

async function clientToken(): Promise<CallLoop> {
  const client = await warmClient()
  const expected = await client.token()
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if ((await client.token()) === expected) right++
      return right
    },
  }
}

async function clientTokenRevealed(): Promise<CallLoop> {
  const client = await warmClient()
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) {
        if ((await client.token()).reveal() === TOKEN) right++
      }
      return right
    },
  }
}

async function clientCurrentToken(): Promise<CallLoop> {
  const client = await warmClient()
  const expected = await client.token()
  return {
    run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if (client.currentToken() === expected) right++
      return right
    },
  }
}

/** One loop for all peers: the call of a function is nothing next to what they cost. */
async function peerToken(prepare: PrepareTokenPeer): Promise<CallLoop> {
  const token = prepare(await tokenEndpointOrigin())
  return {
    async run(calls) {
      let right = 0
      for (let call = 0; call < calls; call++) if ((await token()) === TOKEN) right++
      return right
    },
  }
}

/** A token endpoint that is asked once and keeps no process alive. */
async function tokenEndpointOrigin(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    void tokenResponse()
      .text()
      .then((body) => response.setHeader('content-type', 'application/json').end(body))
  })
  const port = await listenAnywhere(server)
  server.unref()
  return `http://127.0.0.1:${port}`
}
