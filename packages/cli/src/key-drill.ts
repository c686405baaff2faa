/** `mintmark key compromise --drill`: practises the withdrawal of a key on a throw-away copy, and times it. */
import type { CompromiseDrill } from '@mintmark/authorization-server'
import { CommandFailure } from './command-failure.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { pairs } from './output.ts'
import { type StorageInvocation, storageOf } from './storage-access.ts'

/** Drills; ends with a failure when the copy was not safe within ten seconds. */
export async function drillCompromise(
  kid: string,
  invocation: StorageInvocation,
): Promise<ExitCode> {
  const storage = await storageOf(invocation, { createsFolder: false })
  const { describeRegistryViolation, drillKeyCompromise } = await import(
    '@mintmark/authorization-server'
  )
  const { clock, random } = invocation.edge
  const drilled = await drillKeyCompromise({ storage, kid, clock, random })
  if (!drilled.ok) {
    const { violation, subject } = drilled
    const explanation = describeRegistryViolation(violation, subject)
    throw new CommandFailure(violation, explanation, exitCode.failure)
  }
  const drill = drilled.value
  await invocation.output.answer(drillLines(drill), drillDocument(drill))
  return drill.safeAfterMs === undefined ? exitCode.failure : exitCode.done
}

/** What a drill found, for a person. */
export function drillLines({ kid, nodes, times, safeAfterMs, cachedForSeconds }: CompromiseDrill) {
  const after = (ms: number | undefined): string =>
    ms === undefined ? 'not within ten seconds' : `after ${ms} ms`
  const isActive = times.replacedMs !== undefined || times.inactiveMs !== undefined
  return [
    `drill for key ${kid} on a copy with ${nodes} nodes; nothing was changed`,
    ...pairs([
      ['  safe everywhere', after(safeAfterMs)],
      ['  out of every JWK Set', after(times.withdrawnMs)],
      ['  in every revocation feed', after(times.announcedMs)],
      ['  another key signs', isActive ? after(times.replacedMs) : undefined],
      ['  its tokens introspect as inactive', isActive ? after(times.inactiveMs) : undefined],
    ]),
    `resource servers that do not follow the feed trust it for up to ${cachedForSeconds} s more`,
  ]
}

function drillDocument({ times, ...drill }: CompromiseDrill): object {
  return {
    kid: drill.kid,
    state: drill.state,
    drill: true,
    nodes: drill.nodes,
    safe_after_ms: drill.safeAfterMs ?? null,
    withdrawn_after_ms: times.withdrawnMs ?? null,
    announced_after_ms: times.announcedMs ?? null,
    replaced_after_ms: times.replacedMs ?? null,
    inactive_after_ms: times.inactiveMs ?? null,
    cached_for_seconds: drill.cachedForSeconds,
  }
}
