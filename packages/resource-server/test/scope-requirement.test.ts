import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emptyScope, scopeOf } from '@mintmark/protocol'
import { some } from '@mintmark/testkit'
import { createScopePolicies, type ScopeRequirement } from '../src/scope-requirement.ts'
import type { VerifiedClaims } from '../src/verdict.ts'

const claims = some.claims() as VerifiedClaims

function permits(requirement: ScopeRequirement, ...granted: readonly string[]): boolean {
  return createScopePolicies()(requirement).permits(scopeOf(granted), claims)
}

describe('a scope requirement', () => {
  const rows: readonly [string, ScopeRequirement, readonly string[], boolean][] = [
    ['a token is met by itself', 'read', ['read'], true],
    ['a token is met among others', 'read', ['admin', 'read', 'write'], true],
    ['a token is not met by nothing', 'read', [], false],
    ['a token is not met by another case', 'read', ['Read'], false],
    ['a token is not met by a longer one', 'read', ['read:all'], false],
    ['a token is not met by a shorter one', 'read:all', ['read'], false],
    ['a token is not met by the wildcard', 'read', ['*'], false],
    ['all tokens are met by all', 'read write', ['write', 'read'], true],
    ['all tokens are not met by some', 'read write', ['read'], false],
    ['a repeated token is met by one', 'read read', ['read'], true],
    ['any is met by the first', { any: 'read write' }, ['read'], true],
    ['any is met by the last', { any: 'read write' }, ['write'], true],
    ['any is not met by none of them', { any: 'read write' }, ['admin'], false],
    ['any is not met by nothing', { any: 'read' }, [], false],
    ['a predicate that says yes is met', () => true, [], true],
    ['a predicate that says no is not', () => false, ['read'], false],
    ['a predicate sees the scope', (scope) => scope.has('read'), ['read'], true],
    ['a predicate sees the claims', (_, { sub }) => sub === claims.sub, [], true],
  ]
  for (const [title, requirement, granted, expected] of rows) {
    test(`of ${title}`, () => {
      assert.equal(permits(requirement, ...granted), expected)
    })
  }

  test('names the scope to ask for, but for a predicate', () => {
    const policyFor = createScopePolicies()
    assert.equal(policyFor('write read').required?.text, 'read write')
    assert.equal(policyFor({ any: 'write read' }).required?.text, 'read write')
    assert.equal(policyFor(() => true).required, undefined)
  })

  test('is parsed once however often it is written out', () => {
    const policyFor = createScopePolicies()
    assert.equal(policyFor('read write'), policyFor(['read', 'write'].join(' ')))
    assert.equal(policyFor({ any: 'read' }), policyFor({ any: 'read' }))
    assert.notEqual(policyFor('read'), policyFor({ any: 'read' }))
  })

  test('made up for each request fills no memory without bound and still decides', () => {
    const policyFor = createScopePolicies()
    for (let count = 0; count < 2_000; count += 1) policyFor(`orders:${count}`)
    assert.equal(policyFor('orders:1999').permits(scopeOf(['orders:1999']), claims), true)
    assert.notEqual(policyFor('orders:1999'), policyFor('orders:1999'))
  })

  const malformed: readonly unknown[] = [
    undefined,
    null,
    '',
    ' ',
    'read  write',
    ' read',
    'read\twrite',
    'read "write"',
    'lesen-dürfen',
    42,
    [],
    ['read'],
    {},
    { all: 'read' },
    { any: '' },
    { any: ['read'] },
  ]
  for (const requirement of malformed) {
    test(`is not ${JSON.stringify(requirement)}`, () => {
      assert.throws(() => createScopePolicies()(requirement as ScopeRequirement), TypeError)
    })
  }

  for (const answer of [Promise.resolve(false), undefined, 0, 1, 'true', {}]) {
    test(`does not take ${String(answer)} from a predicate for a decision`, () => {
      const policy = createScopePolicies()((() => answer) as unknown as ScopeRequirement)
      assert.throws(() => policy.permits(emptyScope, claims), TypeError)
    })
  }
})
