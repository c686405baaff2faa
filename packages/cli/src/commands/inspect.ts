/** `mintmark inspect`: what a token says, and with `--issuer` whether it is true. */
import { defineCommand, type Invocation } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { type TokenDescription, tokenDocument, tokenLines } from '../token-description.ts'
import { tokenArgument, tokenOf } from '../token-input.ts'

const names = ['issuer', 'audience'] as const
type InspectInvocation = Invocation<(typeof names)[number]>

/** Decodes a token; verifies it only when an issuer is named. Never shows the signature. */
export const inspectCommand = defineCommand({
  path: ['inspect'],
  summary: 'show what a JWT access token says; with --issuer verify it',
  argument: tokenArgument,
  settings: names,
  examples: [
    'mintmark token --issuer https://auth.example --client-id partner-a | mintmark inspect',
    'mintmark inspect - --issuer https://auth.example --audience https://api.example < token.txt',
  ],
  async run(invocation) {
    const { edge, output } = invocation
    const token = await tokenOf(invocation)
    const description = await describe(token, invocation)
    const nowSeconds = edge.clock.wallMs() / 1000
    await output.answer(tokenLines(description, nowSeconds), tokenDocument(description, nowSeconds))
    return description.verification.status === 'refused' ? exitCode.failure : exitCode.done
  },
})

async function describe(token: string, invocation: InspectInvocation): Promise<TokenDescription> {
  const { decodeUnverified, platformEngine } = await import('@mintmark/jwt')
  const { verifyToken } = await import('../token-verification.ts')
  const decoded = decodeUnverified(token)
  if (!decoded.ok) {
    throw failure(
      'token_malformed',
      `this is not a JWT (${decoded.violation}); only its issuer can read an opaque token`,
    )
  }
  const digest = await platformEngine().sha256(new TextEncoder().encode(token))
  const { settings, edge } = invocation
  return {
    ...decoded.value,
    fingerprint: Buffer.from(digest).toString('hex').slice(0, fingerprintLength),
    verification: await verifyToken(
      token,
      decoded.value.claims,
      { issuer: settings.value('issuer'), audience: settings.value('audience') },
      edge,
    ),
  }
}

/**
 * Hexadecimal characters of a SHA-256 that name a token, in the client's events and the guard's
 * verdicts alike.
 */
const fingerprintLength = 16
