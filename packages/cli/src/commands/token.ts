/** `mintmark token`: fetches one access token and prints it, for a script or for looking at. */
import type { AccessToken } from '@mintmark/client'
import { credentialSettings, withTokenClient } from '../client-session.ts'
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'

/** Prints the raw token: whoever runs it is responsible for where that goes. */
export const tokenCommand = defineCommand({
  path: ['token'],
  summary: 'fetch an access token and print it',
  settings: credentialSettings,
  examples: [
    'mintmark token --issuer https://auth.example --client-id a --client-secret-file ./secret',
    'mintmark token --token-endpoint https://auth.example/token --client-id a --scope read --json',
    'pass show a | mintmark token --issuer https://auth.example --client-id a --client-secret-file -',
  ],
  async run(invocation) {
    const { edge, output } = invocation
    const token = await withTokenClient(invocation, undefined, (client) => client.token())
    await output.answer([token.reveal()], tokenDocument(token, edge.clock.wallMs()))
    return exitCode.done
  },
})

/**
 * In the words of a token response (RFC 6749 section 5.1), with what this side knows about the
 * token.
 */
function tokenDocument(token: AccessToken, nowWallMs: number): object {
  const { tokenType, expiresAt, scope, fingerprint } = token
  return {
    access_token: token.reveal(),
    token_type: tokenType,
    expires_in: Math.max(0, Math.floor((expiresAt.getTime() - nowWallMs) / 1000)),
    expires_at: expiresAt.toISOString(),
    scope: scope ?? null,
    fingerprint,
  }
}
