/** `mintmark status` and `mintmark discipline`: what a server that runs tells of itself and of its clients. */
import { type Command, defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { pairs, table } from '../output.ts'
import { askNode, remoteSettings } from '../remote-administration.ts'

const admin = '--admin https://auth.example:9090'

const statusCommand = defineCommand({
  path: ['status'],
  summary: 'ask a running server how it is; exit code 1 when it is not ready',
  settings: [...remoteSettings],
  examples: [`mintmark status ${admin} --issuer https://auth.example --client-id operator`],
  async run(invocation) {
    const status = await askNode(invocation, (node) => node.status())
    const { stale_seconds: stale } = status
    const lines: [string, string][] = [
      ['  version', status.version],
      ['  since', `${status.started_at} (${status.uptime_seconds} s)`],
      ['  database', stale === 0 ? 'can be read' : `could not be read for ${stale} s`],
      ['  registry', `change ${status.sequence}, ${status.clients} clients`],
      ['  tokens issued', String(status.tokens_issued)],
    ]
    const title = `${status.issuer} is ${status.ready ? 'ready' : 'not ready'}`
    await invocation.output.answer([title, ...pairs(lines)], status)
    return status.ready ? exitCode.done : exitCode.failure
  },
})

const disciplineCommand = defineCommand({
  path: ['discipline'],
  summary: 'ask a running server which clients do not keep their tokens, the worst first',
  settings: ['limit', ...remoteSettings],
  examples: [`mintmark discipline ${admin} --issuer https://auth.example --client-id operator`],
  async run(invocation) {
    const { settings, output } = invocation
    const clients = await askNode(invocation, (node) =>
      node.cacheDiscipline(settings.value('limit')),
    )
    const rows = clients.map(({ clientId, tokensIssued, score, tokenPerCall }) => [
      ...[clientId, String(tokensIssued), String(score)],
      tokenPerCall ? 'asks for a token per call' : '',
    ])
    await output.answer(
      rows.length === 0
        ? ['no client has been issued a token']
        : table(['CLIENT', 'TOKENS', 'SCORE (1 IS BEST)', 'HABIT'], rows),
      {
        clients: clients.map(({ clientId, tokensIssued, score, tokenPerCall }) => ({
          ...{ client_id: clientId, tokens_issued: tokensIssued, score },
          token_per_call: tokenPerCall,
        })),
      },
    )
    return exitCode.done
  },
})

/** Both. */
export const nodeCommands: readonly Command[] = [statusCommand, disciplineCommand]
