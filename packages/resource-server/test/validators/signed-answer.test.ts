import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonValue } from '@mintmark/protocol'
import { attackerKeys, fixtureKeys, the } from '@mintmark/testkit'
import { signedToken, type TokenDraft } from '../guard-world.ts'
import {
  active,
  answer,
  codeOf,
  failuresIn,
  inactive,
  introspectionWorld,
  questions,
} from './introspection-world.ts'

const now = the.nowSeconds

interface SignedDraft extends Omit<TokenDraft, 'claims'> {
  readonly said?: string
  readonly claims?: Readonly<Record<string, JsonValue | undefined>>
}

/** A signed answer that is right but for what the draft says. */
function signed({ said = active(), claims = {}, header = {}, ...draft }: SignedDraft = {}): string {
  const envelope = {
    ...{ iss: the.issuer, aud: 'the-api', iat: now, token_introspection: JSON.parse(said) },
    ...claims,
  }
  return signedToken({
    ...draft,
    header: { typ: 'token-introspection+jwt', ...header },
    claims: JSON.stringify(envelope),
  })
}

describe('a signed answer', () => {
  test('is asked for, and believed [R3]', async () => {
    const world = introspectionWorld({ signed: true })
    answer(world, signed())
    assert.equal(await codeOf(world), 'admitted')
    const accept = questions(world)[0]?.headers.get('accept')
    assert.equal(accept, 'application/token-introspection+jwt')
    answer(world, signed({ said: inactive }))
    assert.equal(await codeOf(world, 'another'), 'inactive')
  })

  test('may be for several, and as old as the clocks are apart [R3]', async () => {
    for (const claims of [
      { aud: ['x', 'the-api'] },
      { aud: the.audience },
      { iat: now - 5 },
      { iat: now + 60 },
    ]) {
      const world = introspectionWorld({ signed: true })
      answer(world, signed({ claims }))
      assert.equal(await codeOf(world), 'admitted')
    }
  })

  const wrong: readonly (readonly [title: string, body: string, failure?: string])[] = [
    ['is not signed', active()],
    ['is no JWT', 'e30.e30.e30'],
    ['is an access token', signedToken()],
    ['has another type', signed({ header: { typ: 'JWT' } })],
    ['is forged', signed({ key: attackerKeys.ES256, header: { kid: fixtureKeys.ES256.kid } })],
    ['is signed with an unknown key', signed({ key: attackerKeys.ES256 })],
    ['is of another issuer', signed({ claims: { iss: 'https://evil.example' } })],
    ['is meant for somebody else', signed({ claims: { aud: 'another-api' } })],
    ['is meant for nobody', signed({ claims: { aud: undefined } })],
    ['was made before the question', signed({ claims: { iat: now - 6 } })],
    ['has no time', signed({ claims: { iat: undefined } })],
    ['could be taken for a token by its sub', signed({ claims: { sub: 'subject' } })],
    ['could be taken for a token by its exp', signed({ claims: { exp: now + 900 } })],
    ['says nothing', signed({ claims: { token_introspection: undefined } })],
    ['says it outside', signed({ claims: { token_introspection: undefined, active: true } })],
    ['says it in words', signed({ said: '{"active":"true"}' }), 'active_missing'],
    ['has an algorithm that the guard does not take', signed({ alg: 'RS256' })],
  ]
  for (const [title, body, failure = 'answer_not_signed_right'] of wrong) {
    test(`that ${title} is none [R3]`, async () => {
      const world = introspectionWorld({ signed: true }, { algorithms: ['ES256'] })
      answer(world, body)
      assert.equal(await codeOf(world), 'introspection_unavailable')
      assert.deepEqual(failuresIn(world), [failure])
    })
  }
})
