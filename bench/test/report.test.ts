import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Goal, reportSection } from '../harness/report.ts'
import { reportText } from '../harness/report-text.ts'

const outcome = new Map([
  ['ours', [{ 'answers/s': 200 }, { 'answers/s': 300 }, { 'answers/s': 240 }]],
  ['peer', [{ 'answers/s': 100 }, { 'answers/s': 100 }, { 'answers/s': 60 }]],
])
const pair = { metric: 'answers/s', candidate: 'ours', base: 'peer' }

function section(goals: readonly Goal[] = []) {
  return reportSection({ title: 'one client', outcome, pairs: [pair], goals })
}

describe('reportSection', () => {
  it('reports every raw value with its median and range', () => {
    const [ours] = section().metrics
    assert.deepEqual(ours, {
      candidate: 'ours',
      metric: 'answers/s',
      rounds: [200, 300, 240],
      median: 240,
      min: 200,
      max: 300,
    })
  })

  it('pairs candidates within a round, not their medians', () => {
    const [ratio] = section().pairs
    assert.deepEqual(ratio, { ...pair, rounds: [2, 3, 4], median: 3, min: 2, max: 4 })
  })

  for (const [goal, isMet] of [
    [{ metric: 'answers/s', candidate: 'ours', atLeast: 240 }, true],
    [{ metric: 'answers/s', candidate: 'ours', atLeast: 241 }, false],
    [{ metric: 'answers/s', candidate: 'ours', atMost: 240 }, true],
    [{ metric: 'answers/s', candidate: 'ours', atMost: 239 }, false],
    [{ ...pair, atLeast: 3 }, true],
    [{ ...pair, atLeast: 3.1 }, false],
  ] as const) {
    it(`finds ${JSON.stringify(goal)} ${isMet ? 'met' : 'missed'}`, () => {
      assert.equal(section([goal]).goals[0]?.isMet, isMet)
    })
  }

  it('refuses a pair of which one side was not measured', () => {
    const unknown = { ...pair, base: 'nobody' }
    const make = () => reportSection({ title: '', outcome, pairs: [unknown], goals: [] })
    assert.throws(make, /"nobody" was not measured/)
  })

  it('refuses a metric that a round did not give', () => {
    const uneven = new Map([['ours', [{ a: 1 }, {}]]])
    const make = () => reportSection({ title: '', outcome: uneven, pairs: [], goals: [] })
    assert.throws(make, RangeError)
  })
})

describe('reportText', () => {
  it('shows medians, ranges, raw values, ratios and what became of the goals', () => {
    const report = {
      bench: 'issuance',
      question: 'How many?',
      environment: {
        processor: 'Some CPU',
        cores: 2,
        system: 'Linux',
        isPinned: true,
        versions: { node: '26.10.0' },
      },
      isMeasurement: true,
      sections: [section([{ metric: 'answers/s', candidate: 'ours', atLeast: 1_000 }])],
    }
    assert.equal(
      reportText(report),
      [
        'issuance: How many?',
        'Some CPU, 2 cores, Linux, measured program on core 0, driver on core 1; node 26.10.0',
        '',
        '## one client',
        'answers/s: median (min - max) [every round]',
        '  ours  240 (200 - 300)  [200 300 240]',
        '  peer  100 (60 - 100)  [100 100 60]',
        'paired answers/s, ours / peer: 3 (2 - 4)',
        'goal: ours answers/s at least 1000: MISSED with 240',
        '',
      ].join('\n'),
    )
  })
})
