/** `mintmark revoke`: ends one token, or with `--client` all that a client has. */
import {
  type AdministrationInvocation,
  administrationSettings,
  withAdministration,
} from '../administration-session.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { askAboutToken } from '../standard-endpoint.ts'
import { tokenArgument, tokenOf } from '../token-input.ts'
import { isClient, requireIssuerForStorage } from './introspect.ts'

const names = ['client', ...administrationSettings] as const

/** As a client with `--client-id`, as an operator with `--admin` or on the storage. */
export const revokeCommand = defineCommand({
  path: ['revoke'],
  summary: 'revoke a token, or all tokens of a client',
  argument: tokenArgument,
  settings: names,
  examples: [
    'mintmark revoke - --issuer https://auth.example --client-id a --client-secret-file ./s < token',
    'mintmark revoke - --admin https://auth.example:9090 < token',
    'mintmark revoke --client partner-a',
  ],
  async run(invocation) {
    const client = invocation.settings.value('client')
    if (client !== undefined) return await revokeAll(client, invocation)
    const token = await tokenOf(invocation)
    if (!isClient(invocation)) return await revokeAsOperator(token, invocation)
    await askAboutToken('revocationEndpoint', token, invocation)
    // RFC 7009 section 2.2: the answer is the same whether there was something to revoke or not.
    await invocation.output.answer(['the token is not active any more'], { active: false })
    return exitCode.done
  },
})

async function revokeAll(
  client: string,
  invocation: Invocation<(typeof names)[number]>,
): Promise<ExitCode> {
  const id = await withAdministration(invocation, async ({ tokens, changed }) =>
    changed(await tokens.revokeTokensOf(client)),
  )
  await invocation.output.answer([`every token that client ${id} has by now is revoked`], {
    client_id: id,
    revoked: true,
  })
  return exitCode.done
}

async function revokeAsOperator(
  token: string,
  invocation: AdministrationInvocation,
): Promise<ExitCode> {
  requireIssuerForStorage(invocation)
  const { redact } = await import('@mintmark/protocol')
  const revoked = await withAdministration(invocation, ({ tokens }) =>
    tokens.revokeToken(redact('access token', token)),
  )
  await invocation.output.answer([revoked ? 'the token is revoked' : 'there was no active token'], {
    revoked,
  })
  return exitCode.done
}
