/** `mintmark guard`: the guard as a process of its own, for programs in any language behind a proxy. */
import { defineCommand } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { guardProcessSettings, startGuardProcess } from '../guard-process.ts'
import { awaitStop } from '../stop-signals.ts'

/** Answers a proxy's questions until a stop signal. */
export const guardCommand = defineCommand({
  path: ['guard'],
  summary: 'check access tokens for a proxy (nginx, Envoy, Traefik, Caddy)',
  settings: [...guardProcessSettings, 'drainSeconds'],
  examples: [
    'mintmark guard --issuer https://auth.example --audience https://api.example --port 8081 --mode nginx',
    'mintmark guard --issuer https://auth.example --audience https://api.example --port 8081 --scope "decisions:read"',
    'mintmark guard --config guard.json --introspect opaque --client-id api --client-secret-file ./secret',
    'mintmark guard --config guard.json --redis redis://redis.example --shared-key-file ./key --limit-client 600/60',
    'mintmark guard --config guard.json --public-origin https://api.example --dpop-nonces required',
    'mintmark guard --config guard.json --trusted-proxy 10.0.0.7 --certificate-header Client-Cert',
    'mintmark guard --config guard.json --follow-revocations --when-revocations-stale refuse',
    'mintmark guard --config guard.json --host 0.0.0.0 --trusted-proxy 10.0.0.0/8 --admin-port 9091',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const stop = awaitStop(edge)
    try {
      const running = await startGuardProcess(invocation, stop)
      try {
        if (!stop.isRequested()) await running.announce()
        await stop.request
        output.notice('stopping: finishing the requests under way')
      } finally {
        await running.close(settings.value('drainSeconds') * 1_000)
      }
    } finally {
      stop.end()
    }
    return exitCode.done
  },
})
