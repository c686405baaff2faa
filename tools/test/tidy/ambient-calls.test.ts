import { tidy } from '../../tidy.ts'
import { ruleSuite } from '../rule-suite.ts'

const place = 'packages/client/test/a.ts'

/** One ambient use per row, and what is written in its stead or resembles it. */
const uses: readonly (readonly [use: string, harmless: string])[] = [
  ['const a = Date.now()', 'const a = clock.wallMs()'],
  ['const a = new Date()', 'const a = new Date(0)'],
  ['const a = new Date', 'const a: Date = b'],
  ['const a = Date()', 'const a = b.Date'],
  ['performance.now()', 'const a = { performance: 1 }'],
  ['globalThis.performance.now()', 'interface A { performance?: B }'],
  ['setTimeout(a, 1)', 'server.setTimeout(1)'],
  ['globalThis.setTimeout(a, 1)', 'type A = ReturnType<typeof setTimeout>'],
  ['setInterval(a, 1)', 'queueMicrotask(a)'],
  ['setImmediate(a)', 'clearTimeout(a)'],
  ['const a = b ? setImmediate : c', 'const a = "setImmediate(b)"'],
  ['Math.random()', 'Math.floor(a)'],
  ['crypto.getRandomValues(a)', '// getRandomValues is called elsewhere'],
  ['crypto.randomUUID()', 'random.bytes(16)'],
  [`import { randomBytes } from 'node:crypto'`, `import { createHash } from 'node:crypto'`],
  ['fetch(url)', 'client.fetch(url)'],
  ['const a = await fetch(url)', 'const a = { fetch(url) { return b } }'],
  ['const a = b ? fetch(url) : c', 'interface A { fetch(url: URL): Promise<Response> }'],
  ['const transport = fetch', 'const { fetch } = client'],
  ['const a = globalThis.fetch', 'const a: typeof fetch = transport'],
  ['a(process.env.HOME)', 'a(process.execPath)'],
  ['process.exit(1)', 'process.exitCode = 1'],
  ['console.log(a)', 'const a = { console: b }'],
  [`import { setTimeout as sleep } from 'node:timers/promises'`, `import { sleep } from 'runtime'`],
  [`import { env } from 'node:process'`, `const a = 'node:process'`],
  [`await import('node:perf_hooks')`, `load('node:perf_hooks')`],
]

const signingTurn = 'packages/authorization-server/src/tokens/signing-turn.ts'
const header = '/** What the file is for. */\n'

ruleSuite('ambient calls', tidy, [
  ...uses.map(([use, harmless]) => ({
    title: `"${use}"`,
    rule: 'ambient-call',
    broken: { [place]: `${use}\n` },
    // The import that renames a timer is found by its module and by the timer's name.
    at: use.includes('timers') ? [`${place}:1`, `${place}:1`] : [`${place}:1`],
    corrected: {
      [place]: `${harmless}\n`,
      'packages/runtime/src/system.ts': `${header}${use}\n`,
      'packages/cli/src/main.ts': `${header}${use}\n`,
      'packages/cli/src/process-edge.ts': `${header}${use}\n`,
      'bench/a.ts': use,
      'tools/a.ts': use,
      'examples/a.ts': use,
      'tests/system/a.ts': use,
    },
  })),
  {
    title: 'a timer where only turns of the event loop are allowed',
    rule: 'ambient-call',
    broken: { [signingTurn]: `${header}setTimeout(a, 1)\n` },
    at: [`${signingTurn}:2`],
    corrected: {
      [signingTurn]: `${header}setImmediate(a)\n`,
      'packages/testkit/src/event-loop.ts': `${header}setImmediate(a)\n`,
    },
  },
  {
    title: 'a turn of the event loop in a neighbour of a file that may',
    rule: 'ambient-call',
    broken: {
      'packages/authorization-server/src/http/node-listener.ts': `${header}setImmediate(a)\n`,
    },
    at: ['packages/authorization-server/src/http/node-listener.ts:2'],
    corrected: { 'packages/authorization-server/src/http/node-listener.ts': header },
  },
])
