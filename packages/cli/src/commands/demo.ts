/** `mintmark demo`: the three parties on loopback ports, the life of a token step by step, then time to look around. */
import { resolve } from 'node:path'
import { defineCommand, type Invocation } from '../command.ts'

import type { Narrator } from '../demo/narrator.ts'
import type { Parties } from '../demo/parties.ts'
import type { Stage, Step } from '../demo/stage.ts'
import { exitCode } from '../exit-code.ts'
import { awaitStop } from '../stop-signals.ts'

const names = ['once', 'data'] as const
type DemoInvocation = Invocation<(typeof names)[number]>

interface StepResult {
  readonly title: string
  readonly differences: readonly string[]
}

/** Shows the whole flow on this machine. */
export const demoCommand = defineCommand({
  path: ['demo'],
  summary: 'show the whole flow: authorization server, API and client on this machine',
  settings: names,
  examples: ['mintmark demo', 'mintmark demo --once', 'mintmark demo --data ./demo-data'],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const { createNarrator, narration } = await import('../demo/narrator.ts')
    const narrator = createNarrator(edge, output.json)
    const stop = awaitStop(edge)
    const parties = await startParties(invocation, (event) => {
      const told = narration(event)
      if (told !== undefined) narrator.tell(...told)
    })
    try {
      await introduce(narrator, parties)
      const results = await play(invocation, narrator, parties, stop.isRequested)
      const isAsExpected = results.every(({ differences }) => differences.length === 0)
      await conclude(invocation, narrator, parties, results)
      if (isAsExpected && !settings.value('once')) await stop.request
      return isAsExpected ? exitCode.done : exitCode.failure
    } finally {
      await parties.close()
      stop.end()
    }
  },
})

async function startParties(
  { settings, edge }: DemoInvocation,
  observer: Parameters<typeof import('../demo/parties.ts').startParties>[0]['observer'],
): Promise<Parties> {
  const { startParties: start } = await import('../demo/parties.ts')
  const isGiven = settings.source('data') !== 'default'
  const storageFolder = isGiven ? resolve(edge.workingFolder, settings.value('data')) : undefined
  return await start({ storageFolder, clock: edge.clock, random: edge.random, observer })
}

async function introduce(narrator: Narrator, parties: Parties): Promise<void> {
  const { origin } = parties.authorizationServer
  await narrator.line('Mintmark: one service gets a token and calls another with it')
  await narrator.line('')
  await narrator.line(`   authorization server  ${origin}, data in ${parties.storageFolder}`)
  await narrator.line(`   partner API           ${parties.partnerApi.origin}`)
}

/** Plays the steps one after the other; a request to stop ends it after the step that is running. */
async function play(
  { edge }: DemoInvocation,
  narrator: Narrator,
  parties: Parties,
  isStopped: () => boolean,
): Promise<readonly StepResult[]> {
  const { cycle } = await import('../demo/cycle.ts')
  const results: StepResult[] = []
  for (const [at, step] of cycle.entries()) {
    if (isStopped()) break
    await narrator.heading(`${at + 1}. ${step.title}`)
    const differences: string[] = []
    const { clock, transport } = edge
    await playStep(step, {
      parties,
      clock,
      transport,
      tell: (line) => narrator.tell('client', line),
      expect: (isTrue, statement) => {
        if (!isTrue) differences.push(statement)
      },
    })
    await narrator.line(
      differences.length === 0
        ? '   as expected'
        : `   DIFFERENT, not so: ${differences.join('; ')}`,
    )
    results.push({ title: step.title, differences })
  }
  return results
}

/** A step that breaks off is a difference like any other: what it says is in the words of its error's code. */
async function playStep(step: Step, stage: Stage): Promise<void> {
  try {
    await step.run(stage)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unexpected'
    stage.expect(false, `the step runs to its end (${code})`)
  }
}

async function conclude(
  { settings, output }: DemoInvocation,
  narrator: Narrator,
  parties: Parties,
  results: readonly StepResult[],
): Promise<void> {
  const { issuer, tokenEndpoint } = parties.authorizationServer.server
  const { id, secret } = parties.partner
  const curl =
    `curl -s ${tokenEndpoint} -d grant_type=client_credentials` +
    ` -d client_id=${id} -d client_secret=${secret.reveal()}` +
    ` -d resource=${parties.partnerApi.audience('/partner/v1')}`
  const apiOrigin = parties.partnerApi.origin
  if (output.json) {
    const document = { issuer, api: apiOrigin, steps: results }
    await output.answer([], document)
    return
  }
  if (settings.value('once')) return
  await narrator.heading(`ready: issuer ${issuer}`)
  await narrator.line('   get a token of your own (the secret belongs to this demo only):')
  await narrator.line(`   ${curl}`)
  await narrator.line('   call the API with it, and see both rings in the header fields:')
  await narrator.line(`   curl -i ${apiOrigin}/partner/v1/decisions -H 'Authorization: Bearer …'`)
  await narrator.line(`   curl -i ${apiOrigin}/public/v1/rates`)
  await narrator.line('   Ctrl-C stops everything')
}
