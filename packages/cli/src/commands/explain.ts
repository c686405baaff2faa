/** `mintmark explain`: why a request was refused, from the reference in its `error_uri`. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RefusalExplanation } from '@mintmark/authorization-server'
import { defineCommand, type Invocation } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { refusalDocument, refusalLines } from '../refusal-report.ts'

/** Opens a reference with the master key of the data folder; the server need not run, and no log is read. */
export const explainCommand = defineCommand({
  path: ['explain'],
  summary: 'say why a request was refused',
  argument: {
    name: 'reference',
    description: 'the error_uri of the refusal, urn:mintmark:refusal:...',
    optional: false,
  },
  settings: ['data'],
  examples: ['mintmark explain urn:mintmark:refusal:AVbh...', 'mintmark explain AVbh... --json'],
  async run(invocation) {
    const explanation = await explained(invocation)
    if (explanation === undefined) throw unknownReference()
    await invocation.output.answer(refusalLines(explanation), refusalDocument(explanation))
    return exitCode.done
  },
})

async function explained({
  argument = '',
  settings,
  edge,
}: Invocation<'data'>): Promise<RefusalExplanation | undefined> {
  const data = settings.value('data')
  const folder = resolve(edge.workingFolder, data)
  if (!existsSync(folder)) {
    throw failure('data_folder_missing', `the data folder ${data} does not exist; correct --data`)
  }
  const { explainRefusal, sqlite } = await import('@mintmark/authorization-server')
  const session = await sqlite(folder, { random: edge.random }).open()
  try {
    return explainRefusal(session.masterKey, argument)
  } finally {
    await session.close()
  }
}

function unknownReference() {
  return failure(
    'reference_unknown',
    'this is no reference of a server with this master key; copy the whole error_uri of the refusal',
  )
}
