import assert from 'node:assert/strict'
import { test } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { normalisedTarget } from '../../src/dpop/proof-target.ts'

/** fc.webUrl() makes a table of all characters for its percent signs. */
const pathUnit = fc.oneof(
  fc.constantFrom(..."/aZ09-._~?#!$&'()*+,;=:@"),
  fc.nat(characters.last).map(characters.at).map(encodeURIComponent),
)
const someUrl = fc
  .tuple(fc.webAuthority(), fc.string({ unit: pathUnit }))
  .map(([authority, path]) => `https://${authority}/${path}`)

const same: readonly (readonly [written: string, normalised: string])[] = [
  ['https://as.example/token', 'https://as.example/token'],
  ['HTTPS://AS.Example:443/token', 'https://as.example/token'],
  ['http://as.example:80/token', 'http://as.example/token'],
  ['https://as.example:8443/token', 'https://as.example:8443/token'],
  ['https://as.example/token?x=1#y', 'https://as.example/token'],
  ['https://as.example/a/../token', 'https://as.example/token'],
  ['https://as.example/./%74oken', 'https://as.example/token'],
  ['https://as.example/%c3%bc', 'https://as.example/%C3%BC'],
  ['https://as.example/%2f', 'https://as.example/%2F'],
  ['https://as.example', 'https://as.example/'],
  ['https://as.example/a|b', 'https://as.example/a|b'],
  ['https://as.example/a^b', new URL('https://as.example/a^b').href],
  ['https://[::1]:9/token', 'https://[::1]:9/token'],
]

test('a URL is normalised by syntax and scheme, and loses query and fragment [A7]', () => {
  for (const [written, normalised] of same) assert.equal(normalisedTarget(written), normalised)
})

test('a path that fetch sends as it is has a normal form, so that its proofs can be right [R5]', () => {
  for (let code = 0x21; code < 0x7f; code++) {
    const url = new URL(`https://as.example/a${String.fromCharCode(code)}b`)
    const sent = url.origin + url.pathname
    assert.notEqual(normalisedTarget(sent), undefined, sent)
  }
})

test('what is no plain http or https URL has no normal form [A7]', () => {
  const refused = [
    ...['', '/token', 'as.example/token', 'ftp://as.example/token', 'https:/as.example/token'],
    ...['https://name@as.example/token', 'https://name:word@as.example/token', 'https:///token'],
    ...['https://as.example/to ken', ' https://as.example/token', 'https://as.example\\token'],
    ...['https://as.example/t\noken', 'https://as.example/tök', 'https://as.example:99999/token'],
  ]
  for (const text of refused) assert.equal(normalisedTarget(text), undefined, text)
})

test('the normal form is its own normal form, whatever was written', () => {
  const url = fc.oneof(
    someUrl,
    fc.string().map((rest) => `https://as.example/${rest}`),
  )
  fc.assert(
    fc.property(url, (text) => {
      const normalised = normalisedTarget(text)
      if (normalised === undefined) return
      assert.equal(normalisedTarget(normalised), normalised)
      assert.doesNotMatch(normalised, /[?#]/)
    }),
    { numRuns: 200 },
  )
})
