/** Sources of tokens by name: our client, what somebody writes by hand, and other libraries. */
import { createTokenClient } from '@mintmark/client'
import { peerCredential, tokenPeers } from './token-peers.ts'

/** A raw token, or one that has to be revealed. */
export type GivenToken = string | { reveal(): string }

/** Gives a token in the form in which its callers get it. */
export type GiveToken = () => Promise<GivenToken>

/** The raw token. */
export function rawToken(token: GivenToken): string {
  return typeof token === 'string' ? token : token.reveal()
}

/** Makes the source called `name` for the token endpoint at `origin`. */
export function tokenSource(name: string, origin: string): GiveToken {
  if (name === 'client.token()') return ourSource(origin)
  if (name === 'by hand') return sourceByHand(origin)
  const prepare = tokenPeers.get(name)
  if (prepare === undefined) throw new Error(`there is no source called "${name}"`)
  return prepare(origin)
}

function ourSource(origin: string): GiveToken {
  const client = createTokenClient({
    tokenEndpoint: `${origin}/token`,
    clientId: peerCredential.id,
    clientSecret: peerCredential.secret,
    waitersMax: 200_000,
    deadlineMs: 60_000,
  })
  return () => client.token()
}

/** One promise for everybody, replaced when its token has expired. */
function sourceByHand(origin: string): GiveToken {
  const { id, secret } = peerCredential
  let usableUntilMs = 0
  let request: Promise<string> | undefined
  const renew = async (): Promise<string> => {
    const response = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const body = (await response.json()) as { access_token: string; expires_in: number }
    usableUntilMs = Date.now() + (body.expires_in - 1) * 1_000
    return body.access_token
  }
  return () => {
    if (request === undefined || Date.now() >= usableUntilMs) {
      usableUntilMs = Number.POSITIVE_INFINITY
      request = renew()
    }
    return request
  }
}
