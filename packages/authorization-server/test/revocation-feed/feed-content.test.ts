import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeEngine, publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { parseFeedContent } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import { the } from '@mintmark/testkit'
import { feedPeriodSeconds, feedToleranceSeconds } from '../../src/limits.ts'
import { feedContent } from '../../src/revocation-feed/feed-content.ts'
import { signFeed } from '../../src/revocation-feed/signed-feed.ts'
import { keyAfterlifeMs } from '../../src/signing-keys/key-schedule.ts'
import type { RevocationRecord, SigningKeyRecord } from '../../src/storage/records.ts'
import { verifiedFeed } from './verified-feed.ts'

const NOW = the.nowSeconds
const nothing = { revocations: [], epochs: [], signingKeys: [] }

const revocation = (jti: string, expiresAtSeconds: number): RevocationRecord => ({
  ...{ jti, clientId: 'c', expiresAtSeconds },
})

function key(kid: string, compromisedAtWallMs: number | undefined): SigningKeyRecord {
  return {
    kid,
    algorithm: 'ES256',
    sealed: new Uint8Array(0),
    signer: undefined,
    createdAtWallMs: 0,
    activatesAtWallMs: 0,
    retiresAtWallMs: undefined,
    compromisedAtWallMs,
  }
}

function read(content: string) {
  const feed = parseFeedContent(content)
  assert.ok(feed.ok)
  return feed.value
}

test('lists what is revoked until every clock agrees that it has expired [A9]', () => {
  const ended = NOW - feedToleranceSeconds
  const feed = read(
    feedContent(
      {
        revocations: [revocation('gone', ended - 1), revocation('here', ended)],
        epochs: [
          { clientId: 'gone', notBeforeSeconds: 1, expiresAtSeconds: ended - 1 },
          { clientId: 'here', notBeforeSeconds: 2, expiresAtSeconds: ended },
        ],
        signingKeys: [
          key('good', undefined),
          key('gone', (ended - 1) * 1000 - keyAfterlifeMs),
          key('here', ended * 1000 - keyAfterlifeMs),
        ],
      },
      NOW,
    ),
  )
  assert.equal(feed.tokens.size, 1)
  assert.deepEqual([...feed.clients], [['here', { notBeforeSeconds: 2, expiresAtSeconds: ended }]])
  assert.deepEqual([...feed.keys], [['here', ended]])
})

test('nodes that know the same write the same, whatever expired records one of them has dropped [A9] [A12]', () => {
  const live = [revocation('a', NOW + 10), revocation('b', NOW + 20)]
  const dead = revocation('dead', NOW - feedToleranceSeconds - 1)
  assert.equal(
    feedContent({ ...nothing, revocations: [dead, ...live] }, NOW),
    feedContent({ ...nothing, revocations: live.toReversed() }, NOW),
  )
})

test('says ten thousand revoked tokens in less than 50,000 octets, signature and all [A9]', () => {
  const engine = nodeEngine()
  invariant(engine !== undefined, 'tests run on Node')
  const privateJwk = engine.generateKey('ES256')
  const signingKey = engine.importSigningKey(privateJwk, 'ES256', 'kid-1')
  for (const lifetimeSeconds of [900, 86_400, 604_800]) {
    const revocations = Array.from({ length: 10_000 }, (_, at) =>
      revocation(`jti-${at}`, NOW + Math.floor((at * lifetimeSeconds) / 10_000)),
    )
    const content = feedContent({ ...nothing, revocations }, NOW)
    const signed = signFeed(content, 7, NOW * 1000, { issuer: the.issuer, engine, key: signingKey })
    assert.ok(!(signed instanceof Promise))
    const octets = Buffer.byteLength(signed.document)
    assert.ok(octets < 50_000, `${octets} octets for tokens of ${lifetimeSeconds} s`)
    const jwkSet = serialiseJwkSet([{ ...publicJwkOf(privateJwk), kid: 'kid-1' }])
    const feed = verifiedFeed(signed.document, jwkSet)
    assert.ok(revocations.every(({ jti, expiresAtSeconds: exp }) => feed.lists({ jti, exp })))
    assert.deepEqual([feed.version, feed.iss, feed.iat], [7, the.issuer, NOW])
    assert.ok(feed.exp - NOW > feedPeriodSeconds && feed.exp - NOW <= 2 * feedPeriodSeconds)
  }
})
