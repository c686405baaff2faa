/** `mintmark explain`: why a request was refused, from the reference in its `error_uri`. */
import type { RefusalExplanation } from '@mintmark/authorization-server'
import { defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { refusalDocument, refusalLines } from '../refusal-report.ts'
import { type StorageInvocation, storageOf, storageSettings } from '../storage-access.ts'

/** Opens a reference with the master key; the server need not run, and no log is read. */
export const explainCommand = defineCommand({
  path: ['explain'],
  summary: 'say why a request was refused',
  argument: {
    name: 'reference',
    description: 'the error_uri of the refusal, urn:mintmark:refusal:...',
    optional: false,
  },
  settings: storageSettings,
  examples: ['mintmark explain urn:mintmark:refusal:AVbh...', 'mintmark explain AVbh... --json'],
  async run(invocation) {
    const explanation = await explained(invocation)
    if (explanation === undefined) throw unknownReference()
    await invocation.output.answer(refusalLines(explanation), refusalDocument(explanation))
    return exitCode.done
  },
})

/** Asks no database: the master key is a file. */
async function explained(invocation: StorageInvocation): Promise<RefusalExplanation | undefined> {
  const storage = await storageOf(invocation, { createsFolder: false })
  const masterKey = await storage.masterKey()
  if (masterKey === undefined) return undefined
  const { explainRefusal } = await import('@mintmark/authorization-server')
  return explainRefusal(masterKey, invocation.argument ?? '')
}

function unknownReference() {
  return failure(
    'reference_unknown',
    'this is no reference of a server with this master key; copy the whole error_uri of the refusal',
  )
}
