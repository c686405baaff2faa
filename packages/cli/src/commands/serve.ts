/** `mintmark serve`: an authorization server on a port, until a signal ends it. */
import type {
  AuthorizationServerEvent,
  DialectName,
  ListenOptions,
  RunningServer,
  TlsEvent,
} from '@mintmark/authorization-server'
import type { Observer } from '@mintmark/runtime'
import { credentialDocument } from '../bootstrap-credential.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { usageFailure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { adminPortSettings, type StartedAdmin, startAdmin } from '../serve-admin.ts'
import { type ServeLog, startLog } from '../serve-log.ts'
import { requireIssuer } from '../server-address.ts'
import { awaitStop } from '../stop-signals.ts'
import { snapshotFileOf, storageOf, storageSettings } from '../storage-access.ts'

const names = [
  ...(['issuer', 'port', 'dialect', 'dpopNonces', 'logLevel'] as const),
  ...(['tlsCert', 'tlsKey', 'tlsClientCa', 'snapshotFile', 'graceSeconds'] as const),
  ...adminPortSettings,
  ...storageSettings,
] as const
type ServeInvocation = Invocation<(typeof names)[number]>

/** Serves until a stop signal, then finishes what is under way. */
export const serveCommand = defineCommand({
  path: ['serve'],
  summary: 'run an authorization server',
  settings: names,
  examples: [
    'mintmark serve',
    'mintmark serve --issuer https://auth.example --host 0.0.0.0 --admin-port 9090',
    'mintmark serve --database postgres://mintmark@db.example/mintmark --data /var/lib/mintmark',
    'mintmark serve --dialect credicorp --port 0 --json',
  ],
  async run(invocation) {
    const { edge, output } = invocation
    const log = await logOf(invocation)
    const running = await startServer(invocation, log)
    const stop = awaitStop(edge)
    let admin: StartedAdmin | undefined
    try {
      admin = await startAdmin(invocation, running.server, () => !stop.isRequested())
      await announce(invocation, running, admin, log)
      await stop.request
      output.notice('stopping: finishing the requests under way')
      log?.lifecycle('stopping')
    } finally {
      await running.close()
      // Last, so that a load balancer that asks meanwhile hears "not ready" instead of nothing.
      await admin?.running.close()
      stop.end()
    }
    log?.lifecycle('stopped')
    return exitCode.done
  },
})

/** With `--json` a program listens, and nobody reads notices. */
async function logOf({ settings, edge, output }: ServeInvocation): Promise<ServeLog | undefined> {
  const level = settings.value('logLevel') ?? (output.json ? 'info' : 'silent')
  return level === 'silent' ? undefined : await startLog(level, edge)
}

async function startServer(
  invocation: ServeInvocation,
  log: ServeLog | undefined,
): Promise<RunningServer> {
  const { settings, edge, output } = invocation
  const { createAuthorizationServer, dialectNames, listen } = await import(
    '@mintmark/authorization-server'
  )
  const dialect = knownDialect(settings.value('dialect') ?? 'default', dialectNames)
  const given = settings.value('issuer')
  if (given !== undefined) await requireIssuer(given, '--issuer must be')
  const { clock, random } = edge
  const storage = await storageOf(invocation, { createsFolder: true })
  const snapshot = {
    file: snapshotFileOf(invocation),
    graceSeconds: settings.value('graceSeconds'),
  }
  return await listen({
    host: settings.value('host'),
    port: settings.value('port'),
    clock,
    ...tlsOf(invocation),
    server: async (origin) => {
      const issuer = given ?? origin
      await requireIssuer(issuer, 'on an address that others can reach, --issuer is needed:')
      const observer = log?.observer ?? outageNotices(output)
      const dpopNonces = settings.value('dpopNonces')
      const options = { issuer, storage, dialect, snapshot, dpopNonces, clock, random, observer }
      const certificates = settings.value('tlsClientCa') !== undefined && {
        clientCertificate: 'connection' as const,
      }
      return await createAuthorizationServer({ ...options, ...certificates })
    },
  })
}

/** The certificate files, of which two go together. */
function tlsOf({ settings, output }: ServeInvocation): Pick<ListenOptions, 'tls' | 'observer'> {
  const [certFile, keyFile] = [settings.value('tlsCert'), settings.value('tlsKey')]
  const clientCaFile = settings.value('tlsClientCa')
  if (certFile === undefined && keyFile === undefined && clientCaFile === undefined) return {}
  if (certFile === undefined || keyFile === undefined) {
    throw usageFailure('setting_missing', 'TLS needs both --tls-cert and --tls-key')
  }
  const tls = { certFile, keyFile, ...(clientCaFile === undefined ? {} : { clientCaFile }) }
  const observer = ({ type }: TlsEvent): void => output.notice(tlsNotices[type])
  return { tls, observer }
}

const tlsNotices = {
  tls_certificate_replaced: 'the TLS certificate was replaced',
  tls_certificate_unusable:
    'the changed TLS certificate files cannot be used; keeping the last ones',
} as const

function knownDialect(name: string, known: readonly DialectName[]): DialectName {
  const dialect = known.find((candidate) => candidate === name)
  if (dialect !== undefined) return dialect
  throw usageFailure('setting_malformed', `--dialect must be one of ${known.join(', ')}`)
}

/**
 * One line when tokens can be had: for a person on standard error, or with `--json` for a program
 * on standard output.
 */
async function announce(
  { output }: ServeInvocation,
  { origin, server }: RunningServer,
  admin: StartedAdmin | undefined,
  log: ServeLog | undefined,
): Promise<void> {
  const { issuer, tokenEndpoint } = server
  const adminOrigin = admin?.running.origin
  log?.lifecycle('ready', { issuer, origin, admin_origin: adminOrigin })
  output.notice(`ready, issuer ${issuer}, token endpoint ${tokenEndpoint}${health(adminOrigin)}`)
  const credential = admin?.credential
  if (credential !== undefined) {
    const { clientId, clientSecret } = credential
    output.notice(`first administrator, shown this once: client ${clientId}`)
    output.notice(`  client secret ${clientSecret.reveal()}`)
  }
  if (!output.json) return
  await output.answer([], {
    ready: true,
    issuer,
    origin,
    token_endpoint: tokenEndpoint,
    admin_origin: adminOrigin ?? null,
    ...(credential !== undefined && { administrator: credentialDocument(credential) }),
  })
}

function health(adminOrigin: string | undefined): string {
  return adminOrigin === undefined ? '' : `, health ${adminOrigin}/health/ready`
}

/** Tells when the database goes away and comes back, once each. */
function outageNotices(output: Output): Observer<AuthorizationServerEvent> {
  return (event) => {
    if (event.type === 'serving_stale') {
      output.notice('the storage cannot be read; serving what was read last')
    } else if (event.type === 'serving_current') {
      output.notice(`the storage can be read again, after ${event.staleSeconds} s`)
    } else if (event.type === 'grace_exceeded') {
      output.notice(
        `the storage was away for ${event.staleSeconds} s; refusing requests until it is back`,
      )
    } else if (event.type === 'snapshot_failed') {
      const code = event.systemCode === undefined ? '' : ` (${event.systemCode})`
      output.notice(`the snapshot cannot be written${code}; check the path of --snapshot-file`)
    }
  }
}
