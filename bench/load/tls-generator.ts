/**
 * A load of callers who keep nothing: for each request a new connection with a whole TLS 1.3 handshake. Reads a plan
 * from standard input, prints the result. `connections` is how many are at it at the same time.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { AnswerTally } from './answer-tally.ts'
import type { LoadPlan } from './load-plan.ts'
import { type ReadResponse, ResponseReader } from './response-reader.ts'
import { readUsage, usageBetween } from './server-usage.ts'

/** Resolves with the response; the connection is closed then. Certificates are not judged: nothing secret is sent. */
function ask(port: number, request: Buffer): Promise<ReadResponse> {
  return new Promise((resolve, reject) => {
    const reader = new ResponseReader()
    const socket = connect(
      { host: '127.0.0.1', port, minVersion: 'TLSv1.3', rejectUnauthorized: false },
      () => socket.write(request),
    )
    socket.on('data', (chunk: Buffer) => {
      const response = reader.push(chunk)
      if (response === undefined) return
      resolve({ ...response, body: Buffer.from(response.body) })
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection ended without a response')))
  })
}

async function generate(plan: LoadPlan): Promise<void> {
  const tally = new AnswerTally(plan)
  const requests = plan.requests.map((text) => Buffer.from(text, 'latin1'))
  let sent = 0
  let isMeasured = false
  let isDone = false

  async function caller(): Promise<void> {
    while (!isDone) {
      const sinceMs = performance.now()
      const response = await ask(plan.port, requests[sent++ % requests.length] as Buffer)
      if (isDone) return
      tally.add(response, isMeasured ? performance.now() - sinceMs : undefined)
      if (tally.answers >= plan.answersMax) isDone = true
    }
  }

  const callers = Array.from({ length: plan.connections }, caller)
  await sleep(plan.warmMs)
  const before = readUsage(plan)
  const startedAtMs = performance.now()
  isMeasured = true
  await Promise.race([sleep(plan.measuredMs), Promise.all(callers)])
  const elapsedMs = performance.now() - startedAtMs
  isDone = true
  const server = usageBetween(before, readUsage(plan), tally.answers, elapsedMs)
  const result = { ...tally.result(), elapsedMs, ...(server !== undefined && { server }) }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  await Promise.all(callers)
  process.exit(0)
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

await generate(JSON.parse(readFileSync(0, 'utf8')) as LoadPlan).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
