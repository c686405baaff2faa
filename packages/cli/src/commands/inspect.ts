/** `mintmark inspect`: what a token says, and with `--issuer` whether it is true. */
import { defineCommand, type Invocation } from '../command.ts'
import { type CommandFailure, failure, usageFailure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { tokenInputBytesMax } from '../limits.ts'
import { type TokenDescription, tokenDocument, tokenLines } from '../token-description.ts'

const names = ['issuer', 'audience'] as const
type InspectInvocation = Invocation<(typeof names)[number]>

/** Decodes a token; verifies it only when an issuer is named. Never shows the signature. */
export const inspectCommand = defineCommand({
  path: ['inspect'],
  summary: 'show what a JWT access token says; with --issuer verify it',
  argument: {
    name: 'token',
    description:
      'the token; leave it out, or give -, to pipe it in, which keeps it out of the shell history',
    optional: true,
  },
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

async function tokenOf({ argument, edge }: InspectInvocation): Promise<string> {
  if (argument !== undefined && argument !== '-') return argument.trim()
  if (edge.inputIsTerminal) throw tokenMissing()
  const bytes = await edge.readInput(tokenInputBytesMax)
  if (bytes === undefined) {
    throw failure(
      'token_malformed',
      `standard input exceeds ${tokenInputBytesMax} bytes; no token does`,
    )
  }
  const token = new TextDecoder().decode(bytes).trim()
  if (token === '') throw tokenMissing()
  return token
}

function tokenMissing(): CommandFailure {
  return usageFailure(
    'token_missing',
    'no token; pipe one in: mintmark token ... | mintmark inspect',
  )
}

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
