import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOutput, pairs, table } from '../src/output.ts'
import { scriptedEdge } from './scripted-edge.ts'

describe('output', () => {
  it('prints lines and notices for a person', async () => {
    const { edge, output, notices } = scriptedEdge()
    const plain = createOutput(edge, false)
    await plain.answer(['one', 'two'], { never: 'shown' })
    plain.notice('by the way')
    assert.equal(output(), 'one\ntwo\n')
    assert.equal(notices(), 'mintmark: by the way\n')
  })

  it('prints exactly one document on one line for a program, and no notices', async () => {
    const { edge, output, notices } = scriptedEdge()
    const json = createOutput(edge, true)
    await json.answer(['never shown'], { list: [1], text: 'a\nb' })
    json.notice('by the way')
    assert.equal(output(), '{"list":[1],"text":"a\\nb"}\n')
    assert.equal(notices(), '')
  })

  it('aligns columns by their widest cell and leaves no space at the end of a line', () => {
    assert.deepEqual(
      table(
        ['ID', 'STATE'],
        [
          ['partner-a', 'on'],
          ['b', ''],
        ],
      ),
      ['ID         STATE', 'partner-a  on', 'b'],
    )
  })

  it('shows cells without letting them act on the terminal', () => {
    assert.deepEqual(table(['ID'], [['a\u001b[2Jb']]), ['ID', 'a\\u001b[2Jb'])
  })

  it('leaves out pairs without a value', () => {
    assert.deepEqual(
      pairs([
        ['a', '1'],
        ['bb', undefined],
        ['ccc', '3'],
      ]),
      ['a    1', 'ccc  3'],
    )
  })
})
