/** Puts a running server under load, from the other core, and judges that it answered as it should. */
import { startNode } from '../harness/node-process.ts'
import { DRIVING_CORE } from '../harness/pinning.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'

/**
 * Runs one load. Rejects when the server refused a connection, broke one, gave any answer with another status than the
 * expected one, or none at all.
 */
export async function runLoad(
  plan: LoadPlan,
  program: 'load/generator' | 'load/tls-generator' = 'load/generator',
): Promise<LoadResult> {
  const generator = startNode(program, {
    core: DRIVING_CORE,
    input: JSON.stringify(plan),
  })
  try {
    const result = (await generator.next()) as LoadResult
    checkAnswers(result, plan)
    return result
  } finally {
    await generator.stop()
  }
}

function checkAnswers({ answers, unexpected }: LoadResult, { expectedStatus }: LoadPlan): void {
  if (answers === 0) throw new Error('the server gave no answer while it was measured')
  const statuses = Object.entries(unexpected).map(([status, count]) => `${count} x ${status}`)
  if (statuses.length === 0) return
  throw new Error(`expected only ${expectedStatus}, also got ${statuses.join(', ')}`)
}
