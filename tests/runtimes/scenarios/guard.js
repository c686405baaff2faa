/**
 * A guard in front of an API, with tokens of a real authorization server that runs on the workspace's Node: found by
 * its metadata, verified by its published keys.
 *
 * Usage: guard.js ISSUER CLIENT_ID SECRET
 */
import { createTokenClient } from '@mintmark/client'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/fetch'
import { printResults } from './print-results.js'

const [issuer, clientId, clientSecret] = process.argv.slice(2)
const audience = 'https://api.example'
const guard = createGuard({ issuer, audience })
const client = createTokenClient({ issuer, clientId, clientSecret, scope: 'read' })
const token = (await client.token()).reveal()
const readers = protect({ guard, scope: 'read' })
const writers = protect({ guard, scope: 'write' })
const greet = (_request, { clientId: caller }) => new Response(`hello ${caller}`)

async function answerOf(api, authorization) {
  const headers = authorization === undefined ? {} : { authorization }
  const response = await api(new Request(`${audience}/orders`, { headers }))
  const challenge = response.headers.get('www-authenticate') ?? ''
  const reason = /reason="(\w+)"/.exec(challenge)?.[1] ?? null
  return response.ok ? [response.status, await response.text()] : [response.status, reason]
}

/** The same token with one character of its signature changed. */
function forged() {
  const at = token.lastIndexOf('.') + 10
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

await printResults({
  'admits-a-good-token': () => answerOf(readers(greet), `Bearer ${token}`),
  'admits-it-again-from-memory': () => answerOf(readers(greet), `Bearer ${token}`),
  'refuses-a-forged-token': () => answerOf(readers(greet), `Bearer ${forged()}`),
  'refuses-what-is-no-token': () => answerOf(readers(greet), 'Bearer abc'),
  'refuses-a-request-without-a-token': () => answerOf(readers(greet), undefined),
  'refuses-too-little-scope': () => answerOf(writers(greet), `Bearer ${token}`),
  'refuses-a-token-for-somebody-else': async () => {
    const other = createGuard({ issuer, audience: 'https://other.example' })
    const verdict = await other.check({ headers: { authorization: `Bearer ${token}` } })
    return [verdict.admitted, verdict.code]
  },
  'knows-its-keys': () => guard.ready().state,
})
