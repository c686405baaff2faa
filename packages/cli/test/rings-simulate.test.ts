import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limitPolicy } from '@mintmark/limits'
import { LimiterModel } from '@mintmark/testkit'
import fc from 'fast-check'
import { run } from './scripted-edge.ts'
import { shell } from './shell.ts'
import { temporaryFolder } from './temporary-folder.ts'

const START_MS = Date.UTC(2026, 10, 28, 17, 3, 35)
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

interface Request {
  readonly wallMs: number
  readonly address: string
  readonly client?: string | undefined
}

function combined({ wallMs, address, client = '-' }: Request): string {
  const at = new Date(wallMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':')
  return `${address} - ${client} [${date}:${time} +0000] "GET /rates HTTP/1.1" 200 12 "-" "curl/8"`
}

function json({ wallMs, address, client }: Request): string {
  return JSON.stringify({ time: wallMs, remote_addr: address, client_id: client })
}

function logged(lines: readonly string[]): Readonly<Record<string, string>> {
  return { 'access.log': `${lines.join('\n')}\n` }
}

const burst = (count: number, request: Request): string[] =>
  Array.from({ length: count }, () => combined(request))

describe('mintmark rings simulate', () => {
  it('tells who would have been refused, when and how often [R9]', async (t) => {
    const address = '203.0.113.7'
    const log = logged([
      ...burst(62, { wallMs: START_MS, address }),
      ...burst(3, { wallMs: START_MS, address, client: 'partner-a' }),
      ...burst(2, { wallMs: START_MS + 500, address }),
      ...burst(1, { wallMs: START_MS + 1_000, address }),
    ])
    const sh = shell(t, log)
    const argv = ['rings', 'simulate', '--log', 'access.log', '--partner', '600/60/2']
    assert.deepEqual(await sh.json(argv), {
      requests: 68,
      refused: 5,
      skipped: 0,
      unreadable: 0,
      public: { requests: 65, refused: 4, keys_refused: 1 },
      partner: { requests: 3, refused: 1, keys_refused: 1 },
      top: [
        {
          ...{ ring: 'public', key: address, requests: 65, refused: 4 },
          ...{ first_refused_at: '2026-11-28T17:03:35Z', last_refused_at: '2026-11-28T17:03:35Z' },
        },
        {
          ...{ ring: 'partner', key: 'partner-a', requests: 3, refused: 1 },
          ...{ first_refused_at: '2026-11-28T17:03:35Z', last_refused_at: '2026-11-28T17:03:35Z' },
        },
      ],
      requests_not_listed: 0,
    })
    const { output } = await sh.step(argv)
    assert.match(output, /^refused {7}5 \(7\.4 %\)$/m)
    assert.match(output, /^public {3}203\.0\.113\.7 {2}65 +4 \(6\.2 %\) +2026-11-28T17:03:35Z/m)
  })

  it('refuses what a reference limiter refuses, over any log in either format [R9]', async (t) => {
    const someRequest = fc.record({
      afterSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 })),
      address: fc.constantFrom('203.0.113.7', '::ffff:203.0.113.7', '2001:db8::1', '2001:db8::2'),
      client: fc.constantFrom(undefined, 'partner-a', 'partner b'),
    })
    const keys = new Map([
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['2001:db8::2', '2001:db8::1'],
    ])
    const open = limitPolicy({ name: 'public', quota: 3, windowSeconds: 5 })
    const partner = limitPolicy({ name: 'partner', quota: 4, windowSeconds: 5, burst: 2 })
    const rates = ['--public', '3/5', '--partner', '4/5/2']
    const property = fc.asyncProperty(fc.array(someRequest, { maxLength: 60 }), async (drafts) => {
      const model = new LimiterModel()
      let [wallMs, refused] = [START_MS, 0]
      const requests: Request[] = [{ wallMs, address: '198.51.100.1' }]
      for (const { afterSeconds, address, client } of drafts) {
        wallMs += afterSeconds * 1_000
        requests.push({ wallMs, address, client })
        const key = client ?? keys.get(address) ?? address
        const policy = client === undefined ? open : partner
        if (!model.ask('check', [{ policy, key }], wallMs * 1_000).allowed) refused += 1
      }
      for (const [format, line] of [['combined', combined] as const, ['json', json] as const]) {
        const workingFolder = temporaryFolder(t, logged(requests.map(line)))
        const argv = ['rings', 'simulate', '--log', 'access.log', '--format', format, ...rates]
        const { output } = await run([...argv, '--json'], { workingFolder })
        assert.equal(JSON.parse(output).refused, refused)
      }
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('says how many lines it could not read, and goes on', async (t) => {
    const lines = [
      '',
      'hello',
      '\u001b[2J',
      '{"time":1}',
      combined({ wallMs: START_MS, address: '::1' }),
    ]
    const { requests, unreadable } = await shell(t, logged(lines)).json([
      ...['rings', 'simulate', '--log', 'access.log'],
    ])
    assert.deepEqual([requests, unreadable], [1, 3])
  })

  it('fails where no line is a request, and where there is no log', async (t) => {
    const sh = shell(t, logged(['hello']))
    const wrong = await sh.step(['rings', 'simulate', '--log', 'access.log', '--json'])
    assert.equal(JSON.parse(wrong.notices).error.code, 'log_unreadable')
    const missing = await sh.step(['rings', 'simulate', '--log', 'other.log'])
    assert.deepEqual([missing.exitCode, missing.output], [1, ''])
    assert.match(missing.notices, /the log other\.log does not exist/)
  })

  it('shows a name with control characters in a form that no terminal obeys', async (t) => {
    const log = logged(burst(3, { wallMs: START_MS, address: '::1', client: 'a\u001b[2Jb' }))
    const { output } = await shell(t, log).step([
      ...['rings', 'simulate', '--log', 'access.log', '--partner', '1/60'],
    ])
    assert.match(output, /a\\u001b\[2Jb/)
  })
})
