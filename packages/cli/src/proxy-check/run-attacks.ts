/** Makes the attacks one after the other, and says what came of each. */
import type { Clock } from '@mintmark/runtime'
import { type Attack, request, type Target } from './attack.ts'
import { exchange, type RawAnswer } from './raw-exchange.ts'
import type { ReachedRequest, RecordingApi } from './recording-api.ts'

/** What came of one attack. */
export interface AttackResult {
  readonly id: string
  readonly title: string
  readonly references: readonly string[]
  /** `skipped`: there was nothing to attack. */
  readonly outcome: 'held' | 'failed' | 'skipped'
  /** What is wrong, in words of ours. */
  readonly fault: string | undefined
}

/** What is attacked. */
export interface AttackedProxy {
  /** Where the proxy is. */
  readonly url: URL
  readonly target: Target
  readonly api: RecordingApi
  readonly clock: Clock
}

/** An honest request as it reached the API; or, when it did not, what was answered to it. */
export async function honestRequest({
  url,
  target,
  api,
  clock,
}: AttackedProxy): Promise<ReachedRequest | { readonly status: number | undefined }> {
  const { guarded, host, token } = target
  api.take()
  const honest = request('GET', guarded, host, `Authorization: Bearer ${token}`)
  const [answer] = await exchange(url, honest, clock)
  const [reached] = api.take()
  return reached ?? { status: answer?.status }
}

/** Makes one attack. */
export async function attackProxy(
  attack: Attack,
  honest: ReachedRequest,
  { url, target, api, clock }: AttackedProxy,
): Promise<AttackResult> {
  const { id, title, references } = attack
  const message = attack.message(target)
  if (message === undefined) return { id, title, references, outcome: 'skipped', fault: undefined }
  api.take()
  const answers: readonly RawAnswer[] = await exchange(url, message, clock)
  const reached = api.take()
  const fault = attack.fault({ answers, reached, honest, target })
  return { id, title, references, outcome: fault === undefined ? 'held' : 'failed', fault }
}
