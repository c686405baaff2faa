/**
 * Whether the time of a refusal tells why: a fixed-versus-class test in the manner of dudect (Reparaz, Balasch,
 * Verbauwhede 2017).
 *
 * Requests of all classes are sent to the server in this process one by one, in random order. Welch's t compares each
 * class with a wrong secret of a known client; beyond 4.5 a difference is taken for proven. The slowest tenth of all
 * samples is left out: it is the garbage collector and other processes.
 */
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { systemClock } from '@mintmark/runtime'
import type { BenchArguments } from './harness/bench-arguments.ts'
import type { Metrics } from './harness/rounds.ts'
import { runBench } from './harness/run-bench.ts'

const ISSUER = 'https://issuer.example'
const BASE = 'wrong secret'
const SAMPLES_PER_CLASS = 20_000
const SAMPLES_IN_SMOKE = 50
const WARM_UP = 2_000
const KEPT_SHARE = 0.9
const T_MAX = 4.5

interface RefusedClass {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string
}

/** A secret of the right form that nobody has. */
const other = `mm_live_0123456789_${'A'.repeat(43)}`

async function world() {
  let nowWallMs = Date.now()
  const clock = { ...systemClock, wallMs: () => nowWallMs }
  const server = await createAuthorizationServer({
    ...{ issuer: ISSUER, storage: sqlite(':memory:'), clock },
    keyRotation: 'manual',
    limits: { failures: 'none' },
  })
  const { registry } = server
  await registry.createResource({ id: 'https://api.example', scope: 'read' })
  const secretOf = async (id: string): Promise<string> => {
    const created = await registry.createClient({ id, scope: 'read' })
    if (!created.ok) throw new Error(created.violation)
    return created.value.clientSecret?.reveal() ?? ''
  }
  const classes: RefusedClass[] = []
  const add = (name: string, clientId: string, clientSecret: string): void => {
    classes.push({ name, clientId, clientSecret })
  }
  const right = await secretOf('client-known')
  const wrong = right.slice(0, -7) + (right.at(-7) === 'a' ? 'b' : 'a') + right.slice(-6)
  add(BASE, 'client-known', wrong)
  add('unknown client', 'client-unkno', wrong)
  add('secret of another', 'client-known', await secretOf('client-other'))
  add('disabled client', 'client-disab', await secretOf('client-disab'))
  await registry.setClientDisabled('client-disab', true)
  add('retired secret', 'client-retir', await secretOf('client-retir'))
  const [retired] = (await registry.client('client-retir'))?.secrets ?? []
  await registry.retireSecret('client-retir', retired?.id ?? '', { force: true })
  await registry.createClient({ id: 'client-expir', scope: 'read' })
  const expiresAt = new Date(nowWallMs + 1_000).toISOString()
  const clientSecret = redact('client secret', other)
  await registry.addSecret('client-expir', { clientSecret, expiresAt })
  add('expired secret', 'client-expir', other)
  nowWallMs += 3_600_000
  return { server, classes }
}

/** Nanoseconds of one refusal. A status other than 401 ends the benchmark. */
async function timeOf(
  fetchListener: (request: Request) => Promise<Response>,
  request: Request,
): Promise<number> {
  const startedAt = process.hrtime.bigint()
  const response = await fetchListener(request)
  const nanoseconds = Number(process.hrtime.bigint() - startedAt)
  if (response.status !== 401) throw new Error(`a refusal had status ${response.status}`)
  return nanoseconds
}

function requestOf({ clientId, clientSecret }: RefusedClass): Request {
  return new Request(`${ISSUER}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
}

async function measure(asked: BenchArguments): Promise<ReadonlyMap<string, Metrics>> {
  const { server, classes } = await world()
  const samples = new Map(classes.map(({ name }) => [name, [] as number[]]))
  const perClass = asked.isSmoke ? SAMPLES_IN_SMOKE : SAMPLES_PER_CLASS
  const warmUp = asked.isSmoke ? 0 : WARM_UP
  for (let at = 0; at < perClass * classes.length + warmUp; at += 1) {
    const chosen = classes[Math.floor(Math.random() * classes.length)] as RefusedClass
    const request = requestOf(chosen)
    // Each in a turn of the event loop of its own, as requests from a network are.
    await new Promise(setImmediate)
    const nanoseconds = await timeOf(server.fetch, request)
    if (at >= warmUp) samples.get(chosen.name)?.push(nanoseconds)
  }
  await server.close()
  return compared(samples)
}

function compared(samples: ReadonlyMap<string, readonly number[]>): ReadonlyMap<string, Metrics> {
  const all = [...samples.values()].flat().toSorted((a, b) => a - b)
  const longest = all[Math.floor(all.length * KEPT_SHARE)] ?? Number.POSITIVE_INFINITY
  const kept = (name: string): readonly number[] =>
    (samples.get(name) ?? []).filter((nanoseconds) => nanoseconds <= longest)
  const base = momentsOf(kept(BASE))
  return new Map(
    [...samples.keys()].map((name) => {
      const own = momentsOf(kept(name))
      return [name, { '|t|': Math.abs(welch(own, base)), 'mean us': own.mean / 1_000 }]
    }),
  )
}

interface Moments {
  readonly count: number
  readonly mean: number
  readonly variance: number
}

function momentsOf(values: readonly number[]): Moments {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { count, mean, variance: squares / Math.max(1, count - 1) }
}

function welch(one: Moments, other: Moments): number {
  return (
    (one.mean - other.mean) / Math.sqrt(one.variance / one.count + other.variance / other.count)
  )
}

const names = ['unknown client', 'disabled client', 'expired secret', 'retired secret']

await runBench({
  name: 'indistinguishable',
  question: 'Does the time of a refusal tell why the client was refused?',
  packages: ['@mintmark/authorization-server'],
  sections: (asked) => [
    {
      title: 'refusals against a wrong secret, Welch t over interleaved samples',
      round: () => measure(asked),
      pairs: [],
      goals: names.map((candidate) => ({ metric: '|t|', candidate, atMost: T_MAX })),
    },
  ],
})
