/** `mintmark admin bootstrap`: a credential for the admin API, for whoever has the storage itself. */
import { withLocalAdministration } from '../administration-session.ts'
import { credentialDocument, keepCredential } from '../bootstrap-credential.ts'
import { type Command, defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { storageSettings } from '../storage-access.ts'

const bootstrapCommand = defineCommand({
  path: ['admin', 'bootstrap'],
  summary: 'make a new secret for the first administrator, and what is missing of it',
  settings: ['bootstrapFile', ...storageSettings],
  examples: [
    'mintmark admin bootstrap',
    'mintmark admin bootstrap --data /var/lib/mintmark --bootstrap-file ./admin.json',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const { bootstrapAgain } = await import('@mintmark/admin-api')
    const credential = await withLocalAdministration(
      invocation,
      async (administration) => administration.changed(await bootstrapAgain(administration)),
      { createsFolder: true },
    )
    const file = settings.value('bootstrapFile')
    if (file !== undefined) keepCredential(credential, file, edge)
    const secret = file === undefined ? credential.clientSecret.reveal() : undefined
    await output.answer(
      [
        `client id      ${credential.clientId}`,
        secret === undefined ? `client secret  in ${file}` : `client secret  ${secret}`,
      ],
      file === undefined
        ? credentialDocument(credential)
        : { client_id: credential.clientId, client_secret_file: file },
    )
    if (secret !== undefined) output.notice('the client secret is not shown again; keep it now')
    return exitCode.done
  },
})

/** All of `mintmark admin`. */
export const adminCommands: readonly Command[] = [bootstrapCommand]
