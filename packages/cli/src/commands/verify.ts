/** `mintmark verify`: whether an API with this issuer and audience would take a token. */
import { defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { pairs } from '../output.ts'
import { requireIssuer } from '../server-address.ts'
import { tokenArgument, tokenOf } from '../token-input.ts'

/** Judges as the guard does: what a JWT says of itself is believed only behind a right signature. */
export const verifyCommand = defineCommand({
  path: ['verify'],
  summary: 'verify a JWT access token the way an API does; exit code 1 when it is refused',
  argument: tokenArgument,
  settings: ['issuer', 'audience', 'scope'],
  examples: [
    'mintmark verify - --issuer https://auth.example --audience https://api.example < token',
    'mintmark verify - --issuer https://auth.example --audience https://api.example --scope read < token',
  ],
  async run({ settings, edge, output, argument }) {
    const token = await tokenOf({ argument, edge })
    const issuer = settings.required('issuer')
    await requireIssuer(issuer, '--issuer must be')
    const audience = settings.required('audience')
    const scope = settings.value('scope')
    const { createGuard } = await import('@mintmark/resource-server')
    const { clock, random, transport } = edge
    const guard = createGuard({ issuer, audience, clock, random, transport })
    const request = { headers: { authorization: `Bearer ${token}` } }
    const verdict = await guard
      .check(request, scope === undefined ? undefined : { scope })
      .finally(() => guard.dispose())
    if (verdict.admitted) {
      const { clientId, scope: granted, expiresAtWallMs } = verdict
      const expiresAt = new Date(expiresAtWallMs).toISOString()
      await output.answer(
        [
          'verified',
          ...pairs([
            ['  client', clientId],
            ['  scope', granted.text],
            ['  expires', expiresAt],
          ]),
        ],
        { verified: true, client_id: clientId, scope: granted.text, expires_at: expiresAt },
      )
      return exitCode.done
    }
    if (verdict.status === 503) throw keysUnavailable(issuer)
    await output.answer([`refused: ${verdict.code}`], { verified: false, reason: verdict.code })
    return exitCode.failure
  },
})

function keysUnavailable(issuer: string) {
  return failure(
    'keys_unavailable',
    `the keys of ${issuer} cannot be had; check --issuer, its metadata and its JWK Set`,
  )
}
