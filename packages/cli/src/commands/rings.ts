/** `mintmark rings simulate`: what the two rings would have done to the requests in an access log. */
import { resolve } from 'node:path'
import type { RingSimulation } from '@mintmark/limits'
import { combinedLines } from '../access-log/combined-line.ts'
import { jsonLines } from '../access-log/json-line.ts'
import { type Command, defineCommand, type Invocation } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { describeFileError } from '../file-error.ts'
import { fileLines } from '../file-lines.ts'
import { simulationProgressLines } from '../limits.ts'
import { simulationDocument, simulationLines } from '../simulation-report.ts'

const names = [
  ...(['log', 'format', 'public', 'partner', 'limit'] as const),
  ...(['timeMember', 'addressMember', 'clientMember'] as const),
] as const
type SimulateInvocation = Invocation<(typeof names)[number]>

const simulateCommand = defineCommand({
  path: ['rings', 'simulate'],
  summary: 'tell whom the rings would have refused, from an access log',
  settings: names,
  examples: [
    'mintmark rings simulate --log access.log',
    'mintmark rings simulate --log access.log --public 30/60 --partner 600/60/100',
    'zcat access.log.*.gz | mintmark rings simulate --log /dev/stdin --limit 50',
    'mintmark rings simulate --log gateway.jsonl --format json --client-member azp --json',
  ],
  async run(invocation) {
    const { settings, output } = invocation
    const [simulation, unreadable] = await simulate(invocation)
    const report = simulation.report(settings.value('limit'))
    if (report.requests === 0) throw nothingToRead(unreadable)
    await output.answer(simulationLines(report, unreadable), simulationDocument(report, unreadable))
    return exitCode.done
  },
})

/** All of `mintmark rings`. */
export const ringCommands: readonly Command[] = [simulateCommand]

/** Goes through the log. Returns how many lines were not of the format, too. */
async function simulate(
  invocation: SimulateInvocation,
): Promise<readonly [RingSimulation, unreadable: number]> {
  const { output, edge } = invocation
  const simulation = await simulationOf(invocation)
  const readLine = lineReader(invocation)
  const startedAtMs = edge.clock.monotonicMs()
  let [lines, unreadable] = [0, 0]
  for (const line of linesOf(invocation)) {
    if (line === '') continue
    lines += 1
    const entry = readLine(line)
    if (entry === undefined) unreadable += 1
    else simulation.add(entry)
    if (lines % simulationProgressLines === 0) {
      const seconds = Math.round((edge.clock.monotonicMs() - startedAtMs) / 1_000)
      output.notice(`${lines.toLocaleString('en')} lines in ${seconds} s`)
    }
  }
  return [simulation, unreadable]
}

async function simulationOf({ settings }: SimulateInvocation): Promise<RingSimulation> {
  const { limitPolicy, RingSimulation: Simulation } = await import('@mintmark/limits')
  const [open, partner] = [settings.value('public'), settings.value('partner')]
  return new Simulation({
    ...(open && { publicPolicies: [limitPolicy({ name: 'public', ...open })] }),
    ...(partner && { partnerPolicies: [limitPolicy({ name: 'partner', ...partner })] }),
  })
}

function lineReader({ settings }: SimulateInvocation) {
  if (settings.value('format') === 'combined') return combinedLines()
  return jsonLines({
    time: settings.value('timeMember'),
    address: settings.value('addressMember'),
    client: settings.value('clientMember'),
  })
}

function* linesOf({ settings, edge }: SimulateInvocation): Generator<string> {
  const path = settings.required('log')
  try {
    yield* fileLines(resolve(edge.workingFolder, path))
  } catch (error) {
    if (error instanceof RangeError)
      throw failure('log_unreadable', `a line of ${path} is too long`)
    throw failure('log_unreadable', `the log ${path} ${describeFileError(error).text}`)
  }
}

function nothingToRead(unreadable: number) {
  return failure(
    'log_unreadable',
    unreadable === 0
      ? 'there are no requests in the log'
      : `none of ${unreadable} lines is a request; check --format, and with json the names of the members`,
  )
}
