/** `mintmark revoke`: makes what was issued useless before it expires. */
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'

/** Revokes every token that a client has. */
export const revokeCommand = defineCommand({
  path: ['revoke'],
  summary: 'revoke every token that a client has by now; it may get new ones',
  settings: ['client', ...administrationSettings],
  examples: ['mintmark revoke --client partner-a'],
  async run(invocation) {
    const id = invocation.settings.required('client')
    await withAdministration(invocation, async ({ tokens, changed }) =>
      changed(await tokens.revokeTokensOf(id)),
    )
    await invocation.output.answer([`every token that client ${id} has by now is revoked`], {
      client_id: id,
      revoked: true,
    })
    return exitCode.done
  },
})
