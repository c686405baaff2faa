import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { memoryFolder } from '../memory-folder.ts'

it('a memory folder is one that is there and has room', () => {
  assert.ok([tmpdir(), undefined].includes(memoryFolder(tmpdir())))
  assert.equal(memoryFolder(join(tmpdir(), 'no such folder')), undefined)
})
