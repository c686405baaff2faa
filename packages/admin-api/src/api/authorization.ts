/**
 * Who may use the admin API: whoever has an active access token of this very server for {@link adminResource} with the
 * scope that an operation needs.
 *
 * Invariants
 *  (1) The same guard decides as for everybody's API. It reads metadata and keys from the server in this process,
 *      without a connection, so that it works before any other port does.
 *  (2) What the guard cannot know is asked of the server: whether the token was revoked, and whether its client still
 *      exists and is enabled. Both have to say yes.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { AuthorizationServer } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { createGuard, type Guard } from '@mintmark/resource-server'
import type { Clock, RandomSource } from '@mintmark/runtime'
import { type AdminScope, adminResource } from '../wire/admin-resource.ts'
import { problem } from './problem.ts'

/** A request that may go on, or the answer to one that may not. */
export type Authorized =
  | { readonly ok: true; readonly clientId: string }
  | {
      readonly ok: false
      readonly status: number
      readonly headers: readonly (readonly [name: string, value: string])[]
      readonly body: string
    }

/** What of a request decides. */
export interface PresentedToken {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly url?: string | undefined
}

/** Decides who may. */
export interface Authorizer {
  authorize(request: PresentedToken, scope: AdminScope): Promise<Authorized>
  dispose(): void
}

/** Makes the authorizer of one server. */
export function createAuthorizer(
  server: Pick<AuthorizationServer, 'issuer' | 'fetch' | 'administration'>,
  { clock, random }: { readonly clock: Clock; readonly random: RandomSource },
): Authorizer {
  const guard: Guard = createGuard({
    issuer: server.issuer,
    audience: adminResource,
    realm: 'admin',
    transport: (input, init) => server.fetch(new Request(input, init)),
    ...{ clock, random },
  })
  const { tokens } = server.administration({ actor: 'node', via: 'node' })
  return {
    async authorize(request, scope) {
      const verdict = await guard.check(request, { scope })
      if (!verdict.admitted) {
        return { ok: false, status: verdict.status, headers: verdict.headers, body: verdict.body }
      }
      const isActive = (await tokens.introspectToken(tokenOf(request))) !== undefined
      return isActive ? { ok: true, clientId: verdict.clientId } : inactive
    },
    dispose: () => guard.dispose(),
  }
}

/** The guard has admitted it, so there is exactly one, and it is a bearer token. */
function tokenOf({ headers }: PresentedToken) {
  return redact('access token', (headers.authorization ?? '').replace(/^\S+ +/, ''))
}

/** What the guard would say of a token that it knows to be revoked. */
const inactive: Authorized = {
  ok: false,
  status: 401,
  headers: [
    ['content-type', 'application/problem+json'],
    ['www-authenticate', 'Bearer realm="admin", error="invalid_token", reason="revoked"'],
  ],
  body: JSON.stringify({
    ...problem('not_found'),
    type: 'urn:mintmark:problem:token_revoked',
    title: 'the access token is not active any more',
    status: 401,
    code: 'token_revoked',
  }),
}
