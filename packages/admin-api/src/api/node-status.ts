/** The state of the node that answers. */
import type { AuthorizationServer } from '@mintmark/authorization-server'
import type { Clock } from '@mintmark/runtime'
import type { OperationAnswer } from '../wire/operations.ts'

/** What the status operation answers. */
export type NodeStatus = OperationAnswer<'status'>

/** Makes what tells the status; the time that passes is counted from this call. */
export function statusOf(
  server: AuthorizationServer,
  version: string,
  clock: Clock,
): () => NodeStatus {
  const startedAt = new Date(clock.wallMs()).toISOString()
  const startedAtMonotonicMs = clock.monotonicMs()
  return () => {
    const { registry, tokensIssued } = server.report()
    return {
      version,
      issuer: server.issuer,
      token_endpoint: server.tokenEndpoint,
      started_at: startedAt,
      uptime_seconds: Math.floor((clock.monotonicMs() - startedAtMonotonicMs) / 1_000),
      ready: server.ready(),
      sequence: registry.sequence,
      stale_seconds: Math.floor(registry.staleSeconds),
      clients: registry.clients,
      tokens_issued: tokensIssued,
    }
  }
}
