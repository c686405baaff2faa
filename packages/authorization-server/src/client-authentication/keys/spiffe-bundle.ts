/**
 * SPIFFE bundles as key sets (SPIFFE Trust Domain and Bundle section 4): of their keys those for JWT-SVIDs, kept for as
 * long as the bundle says.
 */
import { isJsonObject, type JsonObject, member, parseJsonObject } from '@mintmark/protocol'
import { readBoundedText, type Transport } from '@mintmark/runtime'
import { issuerMetadataBytesMax } from '../../limits.ts'

/** A transport that turns bundles into JWK Sets. What is no bundle comes as it is, and is refused as a key set. */
export function bundleTransport(transport: Transport): Transport {
  return async (input, init) => {
    const response = await transport(input, init)
    if (response.status !== 200) return response
    const body = await readBoundedText(response, issuerMetadataBytesMax)
    if (!body.ok) throw new Error('a bundle is UTF-8, and of bounded size')
    const bundle = parseJsonObject(body.text, { depthMax: 8, lengthMax: issuerMetadataBytesMax })
    if (!bundle.ok) throw new Error('a bundle is a JSON object')
    const headers = new Headers({ 'content-type': 'application/json' })
    const hint = member(bundle.value, 'spiffe_refresh_hint')
    if (typeof hint === 'number' && hint > 0) {
      headers.set('cache-control', `max-age=${Math.ceil(hint)}`)
    }
    return new Response(JSON.stringify(keySetOf(bundle.value)), { headers })
  }
}

function keySetOf(bundle: JsonObject): object {
  const keys = member(bundle, 'keys')
  if (!Array.isArray(keys)) return { keys: [] }
  const forTokens = keys.filter(
    (key) =>
      isJsonObject(key) && member(key, 'use') === 'jwt-svid' && member(key, 'kid') !== undefined,
  )
  return { keys: forTokens.map((key) => ({ ...(key as JsonObject), use: 'sig' })) }
}
