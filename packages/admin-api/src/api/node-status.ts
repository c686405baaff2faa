/** The state of the node that answers. */
import type { ResolvedOptions } from '../options.ts'
import type { OperationAnswer } from '../wire/operations.ts'

/** What the status operation answers. */
export type NodeStatus = OperationAnswer<'status'>

type StatusWorld = Pick<ResolvedOptions, 'server' | 'isServing' | 'report' | 'version' | 'clock'>

/** Makes what tells the status; the time that passes is counted from this call. */
export function statusOf({
  server,
  isServing,
  report,
  version,
  clock,
}: StatusWorld): () => Promise<NodeStatus> {
  const startedAt = new Date(clock.wallMs()).toISOString()
  const startedAtMonotonicMs = clock.monotonicMs()
  return async () => {
    const { registry, tokensIssued } = await report()
    return {
      version,
      issuer: server.issuer,
      token_endpoint: server.tokenEndpoint,
      started_at: startedAt,
      uptime_seconds: Math.floor((clock.monotonicMs() - startedAtMonotonicMs) / 1_000),
      ready: isServing(),
      sequence: registry.sequence,
      stale_seconds: Math.floor(registry.staleSeconds),
      clients: registry.clients,
      tokens_issued: tokensIssued,
    }
  }
}
