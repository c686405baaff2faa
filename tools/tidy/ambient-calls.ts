/**
 * The world comes in through ports: time, timers, randomness, the network, the environment and the console are
 * reached in the few files named here and nowhere else, tests included.
 */
import type { Finding } from '../finding.ts'
import type { SourceFile } from '../source-file.ts'
import type { Token } from '../tokens.ts'

/** A file or folder that may reach for something ambient. Without `only`: for everything. */
interface Allowance {
  readonly path: string
  readonly only?: string
  readonly reason: string
}

const ALLOWANCES: readonly Allowance[] = [
  { path: 'packages/runtime/src/system.ts', reason: 'the ports of the real world' },
  { path: 'packages/cli/src/main.ts', reason: 'the edge of the process' },
  { path: 'packages/cli/src/process-edge.ts', reason: 'the edge of the process' },
  {
    path: 'packages/authorization-server/src/tokens/signing-turn.ts',
    only: 'setImmediate',
    reason: 'collects the requests of one turn of the event loop to sign them back to back',
  },
  {
    path: 'packages/limits/src/replay/replay-queue.ts',
    only: 'setImmediate',
    reason:
      'collects the uses of one turn of the event loop to ask a store about all of them at once',
  },
  {
    path: 'packages/authorization-server/src/request-limits/load.ts',
    only: 'setImmediate',
    reason: 'measures how long requests are read in one turn of the event loop',
  },
  {
    path: 'packages/authorization-server/src/client-authentication/authenticate-client.ts',
    only: 'setImmediate',
    reason: 'notices a retired secret after the answer, whose time must not tell of it',
  },
  {
    path: 'packages/testkit/src/event-loop.ts',
    only: 'setImmediate',
    reason: 'waits for turns of the event loop, which is how tests wait without a clock',
  },
  { path: 'bench/', reason: 'measures real time' },
  { path: 'tools/', reason: 'programs for people, run from a terminal' },
  { path: 'examples/', reason: 'programs as somebody else would write them' },
  { path: 'tests/system/', reason: 'drives real processes' },
]

const CLOCK = 'use the Clock port (wallMs, monotonicMs, schedule)'
const RANDOM = 'use the RandomSource port'
const PROCESS = 'take it as an option; the command line reads it in process-edge.ts'

/** What is ambient as a bare name, with what to do instead. */
const GLOBALS: ReadonlyMap<string, string> = new Map([
  ['performance', CLOCK],
  ['setTimeout', CLOCK],
  ['setInterval', CLOCK],
  ['setImmediate', CLOCK],
  ['console', 'report an event to the Observer port'],
])

/** What is ambient as a member, with its owner, or of whatever owner. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['Date.now', CLOCK],
  ['Math.random', RANDOM],
  ['process.env', PROCESS],
  ['process.exit', PROCESS],
  ['globalThis.fetch', 'use the Transport port'],
])

const ENTROPY = new Set(
  'getRandomValues randomUUID randomBytes randomInt randomFill randomFillSync'.split(' '),
)

const MODULES: ReadonlyMap<string, string> = new Map([
  ['node:timers', CLOCK],
  ['node:timers/promises', CLOCK],
  ['node:perf_hooks', CLOCK],
  ['node:process', PROCESS],
])

/** Finds uses of time, timers, randomness, network, environment and console outside the files that may. */
export function ambientCallFindings({ path, code }: SourceFile): readonly Finding[] {
  return code.flatMap((token, at) => {
    const use = ambientUse(code, at)
    if (use === undefined || isAllowed(path, use.name)) return []
    const message = `${use.name} reaches past the ports: ${use.instead}`
    return [{ path, line: token.line, rule: 'ambient-call', message }]
  })
}

interface AmbientUse {
  readonly name: string
  readonly instead: string
}

function ambientUse(code: readonly Token[], at: number): AmbientUse | undefined {
  const { kind, text } = code[at] as Token
  if (kind === 'string') return named(text.slice(1, -1), importedModule(code, at))
  if (kind !== 'word') return undefined
  if (ENTROPY.has(text)) return { name: text, instead: RANDOM }
  const [before, owner] = [code[at - 1]?.text, code[at - 2]?.text]
  const isMember = before === '.' || before === '?.'
  if (isMember && MEMBERS.has(`${owner}.${text}`)) {
    return named(`${owner}.${text}`, MEMBERS)
  }
  if (isMember && owner !== 'globalThis') return undefined
  if (text === 'Date' && readsTheTime(code, at)) return { name: 'new Date()', instead: CLOCK }
  if (text === 'fetch' && callsGlobalFetch(code, at)) {
    return { name: 'fetch', instead: 'use the Transport port' }
  }
  return before === 'typeof' || isPropertyName(code, at) ? undefined : named(text, GLOBALS)
}

function named(name: string, list: ReadonlyMap<string, string>): AmbientUse | undefined {
  const instead = list.get(name)
  return instead === undefined ? undefined : { name, instead }
}

/** The string is the specifier of an import, static or dynamic. */
function importedModule(code: readonly Token[], at: number): ReadonlyMap<string, string> {
  const before = code[at - 1]?.text
  const isSpecifier = before === 'from' || before === 'import' || code[at - 2]?.text === 'import'
  return isSpecifier ? MODULES : new Map()
}

/** `new Date()`, `new Date` and `Date()` read the clock; `new Date(ms)` and the type do not. */
function readsTheTime(code: readonly Token[], at: number): boolean {
  const isCall = code[at + 1]?.text === '('
  const isEmpty = isCall && code[at + 2]?.text === ')'
  return code[at - 1]?.text === 'new' ? isEmpty || !isCall : isCall
}

/**
 * A call of a bare `fetch`, or its use as a value. A method of that name is declared with a body or a return type
 * behind its parameters; a call is not, except before the colon of a conditional expression.
 */
function callsGlobalFetch(code: readonly Token[], at: number): boolean {
  const before = code[at - 1]?.text
  if (before === '=' || before === '?' || before === 'await' || before === 'return') return true
  if (code[at + 1]?.text !== '(' || before === 'function' || before === 'async') return false
  const after = code[closing(code, at + 1) + 1]?.text
  return after !== ':' && after !== '{'
}

function closing(code: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < code.length; at += 1) {
    const { kind, text } = code[at] as Token
    if (kind === 'mark' && text === '(') depth += 1
    if (kind === 'mark' && text === ')') depth -= 1
    if (depth === 0) return at
  }
  return code.length
}

/** `{ console: ... }` and `console?: ...` name a property. */
function isPropertyName(code: readonly Token[], at: number): boolean {
  const after = code[at + 1]?.text
  const before = code[at - 1]?.text ?? ''
  if (after === '?' && code[at + 2]?.text === ':') return true
  return after === ':' && before !== '?'
}

function isAllowed(path: string, name: string): boolean {
  return ALLOWANCES.some(
    (allowance) =>
      (allowance.path.endsWith('/') ? path.startsWith(allowance.path) : path === allowance.path) &&
      (allowance.only === undefined || allowance.only === name),
  )
}
