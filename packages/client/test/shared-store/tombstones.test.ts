import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tombstonesMax } from '../../src/limits.ts'
import { Tombstones } from '../../src/shared-store/tombstones.ts'

describe('tombstones', () => {
  it('are remembered up to a bound, the newest of them', () => {
    const tombstones = new Tombstones()
    for (let number = 0; number <= tombstonesMax; number += 1) tombstones.add(String(number))
    assert.equal(tombstones.has('0'), false)
    assert.equal(tombstones.has('1'), true)
    assert.equal(tombstones.has(String(tombstonesMax)), true)
  })
})
