import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTokenResponse } from '../src/index.ts'
import { readByOauth4webapi } from './read-by-oauth4webapi.ts'

/**
 * Bodies of a 200 answer. `other` is what oauth4webapi does with them: where it differs from our
 * verdict, `differs` says why ours is deliberate.
 */
interface Row {
  readonly body: string
  readonly verdict: string
  readonly other?: 'accepts' | 'refuses'
  readonly differs?: string
}

const start = '{"access_token":"t","token_type":"Bearer"'

const rows: readonly Row[] = [
  { body: `${start}}`, verdict: 'accepted' },
  { body: `${start},"expires_in":3600}`, verdict: 'accepted' },
  { body: `${start},"expires_in":0}`, verdict: 'accepted' },
  { body: `${start},"expires_in":-0}`, verdict: 'accepted' },
  { body: `${start},"expires_in":59.9}`, verdict: 'accepted' },
  { body: `${start},"expires_in":"3600"}`, verdict: 'accepted' },
  { body: `${start},"scope":"a b"}`, verdict: 'accepted' },
  { body: `${start},"scope":""}`, verdict: 'accepted' },
  { body: `${start},"unknown":{"a":[1]}}`, verdict: 'accepted' },
  { body: `${start},"error":null}`, verdict: 'accepted' },
  { body: ` \n${start} } `, verdict: 'accepted' },
  { body: '{"access_token":"t","token_type":"bEARER"}', verdict: 'accepted' },
  { body: '', verdict: 'not_json' },
  { body: '<html><body>Bad gateway</body></html>', verdict: 'not_json' },
  { body: 'access_token=t&token_type=Bearer', verdict: 'not_json' },
  { body: start, verdict: 'not_json' },
  { body: `${start}}${start}}`, verdict: 'not_json' },
  { body: 'null', verdict: 'not_an_object' },
  { body: `[${start}}]`, verdict: 'not_an_object' },
  { body: '"t"', verdict: 'not_an_object' },
  { body: '{}', verdict: 'access_token_missing' },
  { body: '{"token_type":"Bearer"}', verdict: 'access_token_missing' },
  { body: '{"access_token":null,"token_type":"Bearer"}', verdict: 'access_token_missing' },
  { body: '{"access_token":"","token_type":"Bearer"}', verdict: 'access_token_malformed' },
  { body: '{"access_token":1,"token_type":"Bearer"}', verdict: 'access_token_malformed' },
  { body: '{"access_token":["t"],"token_type":"Bearer"}', verdict: 'access_token_malformed' },
  { body: '{"access_token":"t"}', verdict: 'token_type_missing' },
  { body: '{"access_token":"t","token_type":""}', verdict: 'token_type_malformed' },
  { body: '{"access_token":"t","token_type":null}', verdict: 'token_type_malformed' },
  { body: '{"access_token":"t","token_type":1}', verdict: 'token_type_malformed' },
  { body: `${start},"expires_in":-1}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":null}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":true}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":{}}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":""}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":"-1"}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":"soon"}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":"NaN"}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":-1e400}`, verdict: 'expires_in_malformed' },
  { body: `${start},"expires_in":1e400}`, verdict: 'expires_in_malformed' },
  { body: `${start},"scope":null}`, verdict: 'scope_malformed' },
  { body: `${start},"scope":["a"]}`, verdict: 'scope_malformed' },
  { body: `${start},"scope":1}`, verdict: 'scope_malformed' },
  ...deliberate('the same document read by two parsers must not be two answers', 'accepts', [
    { body: `${start},"access_token":"u"}`, verdict: 'duplicate_member' },
    { body: `${start},"access\\u005ftoken":"u"}`, verdict: 'duplicate_member' },
    { body: `${start},"a":{"b":1,"b":1}}`, verdict: 'duplicate_member' },
  ]),
  ...deliberate('work on a hostile answer is bounded', 'accepts', [
    { body: `${start},"a":${'['.repeat(17)}${']'.repeat(17)}}`, verdict: 'too_deep' },
    { body: `${start},"a":"${'a'.repeat(65_536)}"}`, verdict: 'too_long' },
    {
      body: `{"access_token":"${'t'.repeat(16_385)}","token_type":"Bearer"}`,
      verdict: 'access_token_malformed',
    },
  ]),
  ...deliberate('the token goes into a header, where these end it or break it', 'accepts', [
    { body: '{"access_token":"a b","token_type":"Bearer"}', verdict: 'access_token_malformed' },
    { body: '{"access_token":"a\\nb","token_type":"Bearer"}', verdict: 'access_token_malformed' },
    { body: '{"access_token":"ä","token_type":"Bearer"}', verdict: 'access_token_malformed' },
  ]),
  ...deliberate('a body that says both is not a success', 'accepts', [
    { body: `${start},"error":"invalid_client"}`, verdict: 'error_in_success' },
    { body: `${start},"error":""}`, verdict: 'error_in_success' },
  ]),
  ...deliberate('a text that only begins like a number is not one', 'accepts', [
    { body: `${start},"expires_in":"12abc"}`, verdict: 'expires_in_malformed' },
    { body: `${start},"expires_in":" 60"}`, verdict: 'expires_in_malformed' },
    { body: `${start},"expires_in":"1e9"}`, verdict: 'expires_in_malformed' },
    { body: `${start},"expires_in":"60.5"}`, verdict: 'expires_in_malformed' },
    { body: `${start},"expires_in":"12345678901"}`, verdict: 'expires_in_malformed' },
  ]),
  ...deliberate('a scope that is not one cannot be compared with the one asked for', 'accepts', [
    { body: `${start},"scope":"a  b"}`, verdict: 'scope_malformed' },
    { body: `${start},"scope":" a"}`, verdict: 'scope_malformed' },
    { body: `${start},"scope":"a\\"b"}`, verdict: 'scope_malformed' },
  ]),
  ...deliberate('which types are usable is decided by who attaches the token', 'refuses', [
    { body: '{"access_token":"t","token_type":"mac"}', verdict: 'accepted' },
  ]),
  ...deliberate('members of other grants are no business of this one', 'refuses', [
    { body: `${start},"refresh_token":null}`, verdict: 'accepted' },
    { body: `${start},"id_token":1}`, verdict: 'accepted' },
  ]),
]

describe('the verdict on a token response', () => {
  for (const { body, verdict } of rows) {
    it(`answers ${verdict} to ${shortened(body)}`, () => {
      const parsed = parseTokenResponse(body)
      assert.equal(parsed.ok ? 'accepted' : parsed.violation, verdict)
    })
  }

  for (const { body, verdict, other, differs } of rows) {
    const relation = differs === undefined ? 'agrees with' : 'differs from'
    const because = differs === undefined ? '' : `, because ${differs}`
    it(`${relation} oauth4webapi on ${shortened(body)}${because}`, async () => {
      const agreed = verdict === 'accepted' ? 'accepts' : 'refuses'
      assert.equal(await judgedByOauth4webapi(body), other ?? agreed)
      assert.equal(other !== undefined && other !== agreed, differs !== undefined)
    })
  }
})

function deliberate(
  differs: string,
  other: 'accepts' | 'refuses',
  list: readonly { body: string; verdict: string }[],
): readonly Row[] {
  return list.map((row) => ({ ...row, differs, other }))
}

function shortened(body: string): string {
  const line = body.replaceAll(/\s+/g, ' ')
  return line.length > 70 ? `${line.slice(0, 70)}…` : line
}

async function judgedByOauth4webapi(body: string): Promise<'accepts' | 'refuses'> {
  return readByOauth4webapi(body).then(
    () => 'accepts',
    () => 'refuses',
  )
}
