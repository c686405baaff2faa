/** `mintmark check-proxy`: attacks a proxy from outside, from the place of the API behind it. */
import { defineCommand, type Invocation } from '../command.ts'
import { failure, usageFailure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import type { AttackedProxy, AttackResult } from '../proxy-check/run-attacks.ts'
import { requireConfidential } from '../server-address.ts'
import { tokenArgument, tokenOf } from '../token-input.ts'

const names = ['url', 'openUrl', 'host', 'port'] as const

/** Prints a line for each attack; the exit code is 1 when one of them came through. */
export const checkProxyCommand = defineCommand({
  path: ['check-proxy'],
  summary: 'attack a proxy that asks mintmark guard, in the place of the API behind it',
  argument: tokenArgument,
  settings: names,
  examples: [
    'mintmark check-proxy - --url http://127.0.0.1:8080/decisions/1 --port 3000 < token',
    'mintmark check-proxy - --url https://staging.example/a --open-url https://staging.example/public < token',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const token = await tokenOf(invocation)
    const { url, open } = await placesOf(invocation)
    const { startRecordingApi } = await import('../proxy-check/recording-api.ts')
    const api = await startRecordingApi({
      ...{ host: settings.value('host'), port: settings.value('port') },
    })
    const target = { guarded: pathOf(url), open: open && pathOf(open), host: url.host, token }
    try {
      const results = await attackAll({ url, target, api, clock: edge.clock })
      const failed = results.filter(({ outcome }) => outcome === 'failed').length
      await output.answer(linesOf(results, failed), { failed, attacks: results.map(documentOf) })
      return failed === 0 ? exitCode.done : exitCode.failure
    } finally {
      await api.close()
    }
  },
})

async function placesOf({ settings }: Invocation<(typeof names)[number]>) {
  const url = new URL(settings.required('url'))
  await requireConfidential('--url', url.href)
  const given = settings.value('openUrl')
  const open = given === undefined ? undefined : new URL(given)
  if (open !== undefined && open.origin !== url.origin) {
    throw usageFailure('settings_conflict', '--open-url must be at the same origin as --url')
  }
  return { url, open }
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search
}

async function attackAll(proxy: AttackedProxy): Promise<readonly AttackResult[]> {
  const { attackProxy, honestRequest } = await import('../proxy-check/run-attacks.ts')
  const { attacks } = await import('../proxy-check/attack-table.ts')
  const honest = await honestRequest(proxy)
  if ('status' in honest) throw notPassing(honest.status)
  const results: AttackResult[] = []
  for (const attack of attacks) results.push(await attackProxy(attack, honest, proxy))
  return results
}

function notPassing(status: number | undefined) {
  const answer = status === undefined ? 'no answer' : `HTTP ${status}`
  return failure(
    'proxy_not_passing',
    `a request with this token did not come here from the proxy (${answer}); ` +
      'check the token, and that the proxy sends what it admits to --host and --port',
  )
}

function linesOf(results: readonly AttackResult[], failed: number): readonly string[] {
  const summary = failed === 0 ? 'the proxy held' : `${failed} of ${results.length} came through`
  return [...results.map(lineOf), summary]
}

function lineOf({ outcome, id, title, fault, references }: AttackResult): string {
  const word = { held: 'ok', failed: 'FAILED', skipped: 'skipped' }[outcome]
  const known = references.length === 0 ? '' : ` (${references.join(', ')})`
  const what = fault === undefined ? title : `${fault}: ${title}${known}`
  return `${word.padEnd(7)}  ${id.padEnd(26)}  ${what}`
}

function documentOf({ id, title, references, outcome, fault }: AttackResult) {
  return { id, title, references, outcome, fault: fault ?? null }
}
