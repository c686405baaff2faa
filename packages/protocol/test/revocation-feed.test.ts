import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type JsonObject,
  parseFeedContent,
  type RevocationFeedDraft,
  readFeedClaims,
  serialiseFeed,
  serialiseFeedContent,
  splitFeed,
} from '../src/index.ts'

const draft: RevocationFeedDraft = {
  clients: new Map([
    ['partner-b', { notBeforeSeconds: 20, expiresAtSeconds: 30 }],
    ['partner-a', { notBeforeSeconds: 10, expiresAtSeconds: 40 }],
  ]),
  keys: new Map([['kid-1', 99]]),
  tokens: [
    { expiresAtSeconds: 7_300, name: 2 ** 40 + 5 },
    { expiresAtSeconds: 100, name: 7 },
  ],
}

test('reads the content that it writes [A9]', () => {
  const read = parseFeedContent(serialiseFeedContent(draft))
  assert.ok(read.ok)
  assert.deepEqual(new Map(read.value.clients), new Map(draft.clients))
  assert.deepEqual(read.value.keys, draft.keys)
  assert.equal(read.value.tokens.size, 2)
  for (const token of draft.tokens) assert.ok(read.value.tokens.has(token))
})

test('writes the same text for the same content, whatever its order [A9]', () => {
  const turned = {
    clients: new Map([...draft.clients].toReversed()),
    keys: draft.keys,
    tokens: [...draft.tokens].toReversed(),
  }
  assert.equal(serialiseFeedContent(turned), serialiseFeedContent(draft))
  assert.equal(
    serialiseFeedContent({ clients: new Map(), keys: new Map(), tokens: [] }),
    '{"clients":{},"keys":{},"tokens":"AQ"}',
  )
})

test('a client may be called like a member of every object [A9]', () => {
  const clients = new Map([['__proto__', { notBeforeSeconds: 1, expiresAtSeconds: 2 }]])
  const read = parseFeedContent(serialiseFeedContent({ ...draft, clients }))
  assert.ok(read.ok)
  assert.deepEqual(read.value.clients, clients)
})

test('takes a document apart into its two lines [A9]', () => {
  const document = serialiseFeed('a.b.c', '{}')
  assert.deepEqual(splitFeed(document), {
    ok: true,
    value: { signedClaims: 'a.b.c', content: '{}' },
  })
  for (const other of ['', 'a', '\n', 'a\n', '\nb', 'a\nb\n', 'a\nb\nc']) {
    assert.deepEqual(splitFeed(other), { ok: false, violation: 'not_two_lines' })
  }
  assert.deepEqual(splitFeed('x'.repeat(8_388_609)), { ok: false, violation: 'too_long' })
})

const claims = { iss: 'https://a', iat: 1, exp: 2, version: 3, content_sha256: 'x' }

test('reads the claims that it needs, each of its type [A9]', () => {
  assert.deepEqual(readFeedClaims({ ...claims, more: 1 }), { ok: true, value: claims })
  const malformed: JsonObject[] = Object.keys(claims).flatMap((name) => [
    { ...claims, [name]: null },
    { ...claims, [name]: name === 'iss' || name === 'content_sha256' ? 1 : 1.5 },
    { ...claims, [name]: -1 },
  ])
  for (const one of malformed) {
    assert.deepEqual(readFeedClaims(one), { ok: false, violation: 'malformed_member' })
  }
})

const wrong: readonly (readonly [content: string, violation: string])[] = [
  ['', 'not_json'],
  ['[]', 'not_an_object'],
  ['{}', 'malformed_member'],
  ['{"clients":[],"keys":{},"tokens":"AQ"}', 'malformed_member'],
  ['{"clients":{"a":[1]},"keys":{},"tokens":"AQ"}', 'malformed_member'],
  ['{"clients":{"a":[1,2,3]},"keys":{},"tokens":"AQ"}', 'malformed_member'],
  ['{"clients":{"a":[1,-2]},"keys":{},"tokens":"AQ"}', 'malformed_member'],
  ['{"clients":{},"keys":{"k":"1"},"tokens":"AQ"}', 'malformed_member'],
  ['{"clients":{},"keys":{},"tokens":""}', 'malformed_list'],
  ['{"clients":{},"keys":{},"tokens":"AR"}', 'malformed_member'],
  ['{"clients":{},"keys":{},"tokens":"AQ=="}', 'malformed_member'],
  ['{"clients":{},"keys":{},"tokens":"A"}', 'malformed_member'],
  ['{"clients":{},"keys":{},"tokens":"A+"}', 'malformed_member'],
  ['{"clients":{},"clients":{},"keys":{},"tokens":"AQ"}', 'duplicate_member'],
  ['{"clients":{"a":[[[1]]]},"keys":{},"tokens":"AQ"}', 'too_deep'],
]

for (const [content, violation] of wrong) {
  test(`refuses ${content || 'nothing'} as content [A9]`, () => {
    assert.deepEqual(parseFeedContent(content), { ok: false, violation })
  })
}
