/** What each stand-in refuses, and how, asked without any client of ours. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  auth0StandIn,
  cognitoStandIn,
  credicorpStandIn,
  entraStandIn,
  firstyStandIn,
  keycloakStandIn,
  myparcelApi,
  myparcelStandIn,
  oktaStandIn,
  type StandIn,
  the,
} from '../src/index.ts'

const known = { client_id: the.clientId, client_secret: the.clientSecret }
const grant = { grant_type: 'client_credentials' }

async function post(
  standIn: StandIn,
  parameters: Record<string, string>,
  { path = standIn.tokenEndpoint, json = false } = {},
): Promise<readonly [status: number, body: Record<string, unknown>]> {
  const response = await standIn.responder(
    new Request(new URL(path, standIn.tokenEndpoint), {
      method: 'POST',
      body: json ? JSON.stringify(parameters) : new URLSearchParams(parameters),
      ...(json && { headers: { 'content-type': 'application/json' } }),
    }),
  )
  return [response.status, (await response.json()) as Record<string, unknown>]
}

describe('stand-ins', () => {
  it('answer 404 where there is nothing, and 405 to a GET of the token endpoint', async () => {
    for (const make of [auth0StandIn, entraStandIn, myparcelStandIn, oktaStandIn]) {
      const standIn = make()
      const ask = async (url: string) => (await standIn.responder(new Request(url))).status
      assert.equal(await ask(`${new URL(standIn.issuer).origin}/nowhere`), 404)
      assert.equal(await ask(standIn.tokenEndpoint), 405)
    }
  })

  it('publish metadata of their issuer, and keys where it says they are', async () => {
    const makes = [auth0StandIn, cognitoStandIn, entraStandIn, keycloakStandIn, oktaStandIn]
    for (const make of makes) {
      const standIn = make()
      const read = async (url: string) =>
        (await (await standIn.responder(new Request(url))).json()) as Record<string, unknown>
      const base = standIn.issuer.replace(/\/$/, '')
      const document = await read(`${base}/.well-known/openid-configuration`)
      assert.equal(document.issuer, standIn.issuer)
      assert.equal(document.token_endpoint, standIn.tokenEndpoint)
      assert(Array.isArray((await read(String(document.jwks_uri))).keys))
    }
  })

  it('refuse what the service refuses, with its statuses and codes [S7]', async () => {
    const audience = 'https://orders.example/'
    const scope = 'api://orders/.default'
    const rows: readonly [StandIn, Record<string, string>, status: number, error: string][] = [
      [auth0StandIn(), { ...grant, ...known }, 403, 'access_denied'],
      [auth0StandIn(), { ...grant, ...known, audience: 'other' }, 403, 'access_denied'],
      [auth0StandIn(), { ...grant, client_id: 'nobody', audience }, 401, 'access_denied'],
      [auth0StandIn(), { ...known, audience }, 400, 'invalid_request'],
      [cognitoStandIn(), { ...grant, ...known, client_secret: 'x' }, 400, 'invalid_client'],
      [cognitoStandIn(), { ...known }, 400, 'invalid_request'],
      [cognitoStandIn(), { ...grant, ...known, scope: 'openid' }, 400, 'invalid_scope'],
      [credicorpStandIn(), { ...grant, ...known, scope: 'admin' }, 400, 'invalid_scope'],
      [entraStandIn(), { ...grant, ...known }, 400, 'invalid_request'],
      [entraStandIn(), { ...grant, ...known, scope: 'User.Read' }, 400, 'invalid_scope'],
      [entraStandIn(), { ...grant, ...known, scope: `${scope} ${scope}` }, 400, 'invalid_scope'],
      [entraStandIn(), { ...grant, ...known, scope, resource: 'r' }, 400, 'invalid_request'],
      [entraStandIn(), { ...grant, client_id: the.clientId, scope }, 401, 'invalid_client'],
      [firstyStandIn(), { ...grant, ...known, client_secret: 'x' }, 401, 'invalid_client'],
      [firstyStandIn(), { ...known, grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [keycloakStandIn(), { ...grant }, 400, 'invalid_client'],
      [keycloakStandIn(), { ...grant, client_id: the.clientId }, 401, 'unauthorized_client'],
      [oktaStandIn(), { ...grant, ...known }, 400, 'invalid_scope'],
      [oktaStandIn({ server: 'organisation' }), { ...grant, ...known }, 401, 'invalid_client'],
    ]
    for (const [standIn, parameters, status, error] of rows) {
      const answer = await post(standIn, parameters)
      const row = `${standIn.issuer} ${JSON.stringify(parameters)}`
      assert.deepEqual([answer[0], answer[1].error], [status, error], row)
    }
  })

  it('take forms or JSON as the service does [S4] [S7]', async () => {
    const request = { ...grant, ...known, scope: '*' }
    assert.equal((await post(myparcelStandIn(), request, { json: true }))[0], 200)
    const [status, body] = await post(myparcelStandIn(), request)
    assert.deepEqual([status, JSON.stringify(body).includes('"14050"')], [400, true])
    const [refused] = await post(firstyStandIn(), { ...grant, ...known }, { json: true })
    assert.equal(refused, 400)
    const forAuth0 = { ...grant, ...known, audience: 'https://orders.example/' }
    assert.equal((await post(auth0StandIn(), forAuth0, { json: true }))[0], 200)
  })

  it('answer at the old endpoint of Entra ID with numbers as text [S7]', async () => {
    const standIn = entraStandIn()
    const path = standIn.tokenEndpoint.replace('/v2.0', '')
    const request = { ...grant, ...known, resource: 'api://orders' }
    const [status, body] = await post(standIn, request, { path })
    assert.deepEqual([status, body.expires_in, body.resource], [200, '3599', 'api://orders'])
    assert(standIn.admits(String(body.access_token)))
  })

  it('refuse the assertion of somebody else, and one that is no JWT [C11] [S7]', async () => {
    const standIn = oktaStandIn({ key: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } })
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const segment = btoa('{"alg":"EdDSA"}').replaceAll('=', '')
    for (const assertion of ['', 'a.b', `${segment}.${segment}.AAAA`, `${segment}.!.AAAA`]) {
      const [status, { error }] = await post(standIn, {
        ...{ ...grant, client_id: the.clientId, scope: 'orders.read' },
        ...{ client_assertion_type: type, client_assertion: assertion },
      })
      assert.deepEqual([status, error], [401, 'invalid_client'], assertion)
    }
  })

  it('refuse revoked tokens at the API of MyParcel.com, without a challenge [S4]', async () => {
    const standIn = myparcelStandIn()
    const [, body] = await post(standIn, { ...grant, ...known, scope: '*' }, { json: true })
    const call = async () => {
      const headers = { authorization: `Bearer ${body.access_token}` }
      return await myparcelApi(standIn)(new Request('https://api.myparcel.com/', { headers }))
    }
    assert.equal((await call()).status, 200)
    standIn.revokeTokens()
    const refused = await call()
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, null])
    assert.match(await refused.text(), /"14002"/)
  })
})
