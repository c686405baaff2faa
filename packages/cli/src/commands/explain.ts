/** `mintmark explain`: why a request was refused, from the reference in its `error_uri`. */
import { explainReceipt, receiptPrefix } from '@mintmark/resource-server/receipts'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { readKeyFile } from '../key-file.ts'
import { receiptDocument, receiptLines } from '../receipt-report.ts'
import { refusalDocument, refusalLines } from '../refusal-report.ts'

/**
 * Opens a reference with the master key of the authorization server, or a receipt with the key of the guard that made
 * it; neither need run, and no log is read.
 */
export const explainCommand = defineCommand({
  path: ['explain'],
  summary: 'say why a request was refused',
  argument: {
    name: 'reference',
    description:
      'the error_uri of the refusal, urn:mintmark:refusal:... or urn:mintmark:receipt:...',
    optional: false,
  },
  settings: ['receiptKeyFile', ...administrationSettings],
  examples: [
    'mintmark explain urn:mintmark:refusal:AVbh...',
    'mintmark explain urn:mintmark:refusal:AVbh... --admin https://auth.example:9090 --json',
    'mintmark explain urn:mintmark:receipt:AXcd... --receipt-key-file ./receipts.key',
  ],
  async run(invocation) {
    const reference = invocation.argument ?? ''
    if (reference.startsWith(receiptPrefix)) return await explainReceiptOf(reference, invocation)
    const explanation = await withAdministration(invocation, (administration) =>
      administration.explainRefusal(reference),
    )
    if (explanation === undefined) throw unknownReference('of a server with this master key')
    await invocation.output.answer(refusalLines(explanation), refusalDocument(explanation))
    return exitCode.done
  },
})

async function explainReceiptOf(receipt: string, invocation: Invocation<'receiptKeyFile'>) {
  const { settings, edge, output } = invocation
  const file = settings.value('receiptKeyFile')
  if (file === undefined) {
    throw failure('receipt_key_missing', 'a receipt needs --receipt-key-file, the key of its guard')
  }
  const key = await readKeyFile(file, 'receipt_key', edge)
  const explanation = await explainReceipt(key, receipt)
  if (explanation === undefined) throw unknownReference('of a guard with this key')
  await output.answer(receiptLines(explanation), receiptDocument(explanation))
  return exitCode.done
}

function unknownReference(whose: string) {
  return failure(
    'reference_unknown',
    `this is no reference ${whose}; copy the whole error_uri of the refusal`,
  )
}
