/** `mintmark explain`: why a request was refused, from the reference in its `error_uri`. */
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { refusalDocument, refusalLines } from '../refusal-report.ts'

/** Opens a reference with the master key; the server need not run, and no log is read. */
export const explainCommand = defineCommand({
  path: ['explain'],
  summary: 'say why a request was refused',
  argument: {
    name: 'reference',
    description: 'the error_uri of the refusal, urn:mintmark:refusal:...',
    optional: false,
  },
  settings: administrationSettings,
  examples: [
    'mintmark explain urn:mintmark:refusal:AVbh...',
    'mintmark explain urn:mintmark:refusal:AVbh... --admin https://auth.example:9090 --json',
  ],
  async run(invocation) {
    const reference = invocation.argument ?? ''
    const explanation = await withAdministration(invocation, (administration) =>
      administration.explainRefusal(reference),
    )
    if (explanation === undefined) throw unknownReference()
    await invocation.output.answer(refusalLines(explanation), refusalDocument(explanation))
    return exitCode.done
  },
})

function unknownReference() {
  return failure(
    'reference_unknown',
    'this is no reference of a server with this master key; copy the whole error_uri of the refusal',
  )
}
