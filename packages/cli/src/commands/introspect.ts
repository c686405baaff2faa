/** `mintmark introspect`: asks the authorization server whether a token is active, and what it says. */
import type { IntrospectionResponse } from '@mintmark/protocol'
import {
  type AdministrationInvocation,
  administrationSettings,
  withAdministration,
} from '../administration-session.ts'
import { defineCommand } from '../command.ts'
import { failure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { pairs } from '../output.ts'
import { askAboutToken } from '../standard-endpoint.ts'
import { tokenArgument, tokenOf } from '../token-input.ts'

/** As a client with `--client-id`, as an operator with `--admin` or on the storage. */
export const introspectCommand = defineCommand({
  path: ['introspect'],
  summary: 'ask the authorization server whether a token is active',
  argument: tokenArgument,
  settings: administrationSettings,
  examples: [
    'mintmark introspect - --issuer https://auth.example --client-id api --client-secret-file ./s < token',
    'mintmark introspect - --admin https://auth.example:9090 --json < token',
    'mintmark introspect - --data ./data --issuer https://auth.example < token',
  ],
  async run(invocation) {
    const token = await tokenOf(invocation)
    const claims = isClient(invocation)
      ? await askedAsClient(token, invocation)
      : await askedAsOperator(token, invocation)
    const active = claims !== undefined
    await invocation.output.answer(
      active ? ['active', ...pairs(Object.entries(claims).map(claimPair))] : ['not active'],
      { active, ...claims },
    )
    return active ? exitCode.done : exitCode.failure
  },
})

/** Whether a command about a token speaks to the standard endpoints rather than to administration. */
export function isClient({ settings }: AdministrationInvocation): boolean {
  return settings.value('admin') === undefined && settings.value('clientId') !== undefined
}

async function askedAsClient(
  token: string,
  invocation: AdministrationInvocation,
): Promise<object | undefined> {
  const text = await askAboutToken('introspectionEndpoint', token, invocation)
  const { parseIntrospectionResponse } = await import('@mintmark/protocol')
  const parsed = parseIntrospectionResponse(text)
  if (!parsed.ok)
    throw failure('answer_not_understood', 'this is no answer of an introspection endpoint')
  return parsed.value.active ? claimsOf(parsed.value) : undefined
}

type ActiveResponse = Extract<IntrospectionResponse, { readonly active: true }>

/** In the words of RFC 7662 section 2.2; what was not said is left out. */
function claimsOf(response: ActiveResponse): object {
  return {
    client_id: response.clientId,
    scope: response.scope?.text,
    token_type: response.tokenType,
    iss: response.issuer,
    sub: response.subject,
    aud: response.audiences,
    jti: response.tokenId,
    exp: response.expiresAtSeconds,
    iat: response.issuedAtSeconds,
    nbf: response.notBeforeSeconds,
  }
}

async function askedAsOperator(
  token: string,
  invocation: AdministrationInvocation,
): Promise<object | undefined> {
  requireIssuerForStorage(invocation)
  const { redact } = await import('@mintmark/protocol')
  return await withAdministration(invocation, ({ tokens }) =>
    tokens.introspectToken(redact('access token', token)),
  )
}

/** On the storage nobody says whose tokens are meant; a server knows. */
export function requireIssuerForStorage({ settings }: AdministrationInvocation): void {
  if (settings.value('admin') === undefined) settings.required('issuer')
}

function claimPair([name, value]: [string, unknown]): [string, string | undefined] {
  return [`  ${name}`, typeof value === 'string' ? value : JSON.stringify(value)]
}
