import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeBase64urlText, nodeEngine, publicJwkOf, signCompact } from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import {
  createScriptedTransport,
  fixtureKeys,
  jsonResponse,
  networkFailure,
  some,
  the,
} from '@mintmark/testkit'
import { run } from './scripted-edge.ts'

const engine = nodeEngine()
invariant(engine !== undefined, 'tests run on Node')
const key = engine.importSigningKey(fixtureKeys.ES256, 'ES256', 'key-1')

async function tokenWith(overrides = {}): Promise<string> {
  invariant(engine !== undefined, 'tests run on Node')
  return await signCompact(engine, key, { typ: 'at+jwt' }, JSON.stringify(some.claims(overrides)))
}

function publishingKeys() {
  const network = createScriptedTransport()
  const metadata = { issuer: the.issuer, token_endpoint: the.tokenEndpoint, jwks_uri: the.jwksUri }
  network.respond(the.metadataUrl, jsonResponse(metadata))
  const published = { ...publicJwkOf(fixtureKeys.ES256), kid: 'key-1', alg: 'ES256', use: 'sig' }
  network.respond(the.jwksUri, jsonResponse({ keys: [published] }))
  return network
}

const atIssuer = ['inspect', '--issuer', the.issuer, '--json']

describe('mintmark inspect', () => {
  it('decodes a token from standard input, from "-" and from the command line alike', async () => {
    const token = await tokenWith()
    const piped = await run(['inspect'], { input: `${token}\n` })
    assert.equal(piped.exitCode, 0)
    assert.match(piped.output, /^signature not checked/)
    assert.ok(piped.output.includes(the.issuer))
    assert.deepEqual(await run(['inspect', '-'], { input: token }), piped)
    assert.deepEqual(await run(['inspect', token]), piped)
  })

  it('never prints the signature [C10]', async () => {
    const token = await tokenWith()
    const signature = token.slice(token.lastIndexOf('.') + 1)
    for (const argv of [['inspect'], ['inspect', '--json']]) {
      const { output, notices } = await run(argv, { input: token })
      assert.ok(!(output + notices).includes(signature.slice(0, 12)))
    }
  })

  it('verifies signature, issuer, audience and times with --issuer and --audience', async () => {
    const { transport } = publishingKeys()
    const argv = [...atIssuer, '--audience', the.audience]
    const { exitCode, output } = await run(argv, { input: await tokenWith(), transport })
    assert.equal(exitCode, 0)
    assert.deepEqual(JSON.parse(output).verification, {
      status: 'verified',
      audience_checked: true,
    })
  })

  it('says that the audience was not checked when none was given', async () => {
    const { transport } = publishingKeys()
    const { exitCode, output } = await run(atIssuer, { input: await tokenWith(), transport })
    assert.equal(exitCode, 0)
    assert.deepEqual(JSON.parse(output).verification, {
      status: 'verified',
      audience_checked: false,
    })
  })

  const refused: readonly (readonly [string, object, readonly string[]])[] = [
    ['expired', { exp: the.nowSeconds - 60, iat: the.nowSeconds - 120 }, []],
    ['wrong_audience', {}, ['--audience', 'https://other.example']],
    ['wrong_issuer', { iss: 'https://other.example' }, []],
    ['claim_missing', { aud: undefined }, []],
  ]
  for (const [reason, overrides, flags] of refused) {
    it(`reports and still shows a token that is refused as ${reason}`, async () => {
      const { transport } = publishingKeys()
      const input = await tokenWith(overrides)
      const { exitCode, output } = await run([...atIssuer, ...flags], { input, transport })
      assert.equal(exitCode, 1)
      const document = JSON.parse(output)
      assert.deepEqual(document.verification, { status: 'refused', reason })
      assert.equal(document.header.alg, 'ES256')
    })
  }

  it('refuses a token whose signature is of another token', async () => {
    const { transport } = publishingKeys()
    const [header, , signature] = (await tokenWith()).split('.')
    const claims = encodeBase64urlText(JSON.stringify(some.claims({ scope: 'everything' })))
    const input = `${header}.${claims}.${signature}`
    const { exitCode, output } = await run(atIssuer, { input, transport })
    assert.equal(exitCode, 1)
    assert.equal(JSON.parse(output).verification.reason, 'bad_signature')
  })

  it('fails, rather than refuses, when the keys cannot be had', async () => {
    const network = createScriptedTransport()
    network.respond(the.metadataUrl, () => {
      throw networkFailure('ECONNREFUSED')
    })
    const { exitCode, notices, output } = await run(atIssuer, {
      input: await tokenWith(),
      transport: network.transport,
    })
    assert.equal(exitCode, 1)
    assert.equal(output, '')
    assert.equal(JSON.parse(notices).error.code, 'keys_unavailable')
  })

  const wrong: readonly (readonly [string, string, number, string])[] = [
    ['nothing', '', 2, 'token_missing'],
    ['white space', ' \n', 2, 'token_missing'],
    ['an opaque token', 'mm_at_sesame-open-now', 1, 'token_malformed'],
    ['two segments', 'e30.e30', 1, 'token_malformed'],
    ['a header that is not JSON', 'AAAA.e30.AAAA', 1, 'token_malformed'],
    ['duplicate claims', `e30.${encodeBase64urlText('{"a":1,"a":2}')}.AAAA`, 1, 'token_malformed'],
    ['a token longer than any', `e30.${'A'.repeat(9000)}.AAAA`, 1, 'token_malformed'],
    ['more than any input', 'A'.repeat(20_000), 1, 'token_malformed'],
  ]
  for (const [title, input, exitCode, code] of wrong) {
    it(`answers ${title} with one line that does not repeat it`, async () => {
      const result = await run(['inspect', '--json'], { input })
      assert.equal(result.exitCode, exitCode)
      assert.equal(JSON.parse(result.notices).error.code, code)
      assert.ok(!result.notices.includes('sesame'))
    })
  }

  it('does not wait for a keyboard', async () => {
    const { exitCode, notices } = await run(['inspect'], { inputIsTerminal: true })
    assert.equal(exitCode, 2)
    assert.match(notices, /pipe one in/)
  })

  it('refuses an issuer that is not one', async () => {
    const input = await tokenWith()
    const { exitCode, notices } = await run(['inspect', '--issuer', 'http://issuer.example'], {
      input,
    })
    assert.equal(exitCode, 2)
    assert.match(notices, /--issuer must be an https URL/)
  })
})
