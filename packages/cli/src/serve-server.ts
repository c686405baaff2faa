/** The server of `mintmark serve`, made from its settings: to listen, or for the administration alone. */
import type {
  AuthorizationServer,
  AuthorizationServerEvent,
  DialectName,
  ListenOptions,
  RunningServer,
  TlsEvent,
} from '@mintmark/authorization-server'
import type { Observer } from '@mintmark/runtime'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import { openSigners } from './external-signers.ts'
import type { Output } from './output.ts'
import { openRequestLimits, requestLimitSettings } from './request-limit-settings.ts'
import { type ServeLog, startLog } from './serve-log.ts'
import { requireIssuer } from './server-address.ts'
import { featureSettings, featuresOf, refusedFeature, signersOption } from './server-features.ts'
import { snapshotFileOf, storageOf, storageSettings } from './storage-access.ts'

/** The settings of a server, besides where it listens. */
export const serverSettings = [
  ...(['issuer', 'dialect', 'dpopNonces', 'logLevel'] as const),
  ...(['tlsCert', 'tlsKey', 'snapshotFile', 'graceSeconds'] as const),
  ...featureSettings,
  ...requestLimitSettings,
  ...storageSettings,
] as const

/** A command that has them. */
export type ServerInvocation = Invocation<'host' | (typeof serverSettings)[number]>

/** Where and as what a server listens. */
export interface ServingPlace {
  readonly port: number
  /** Its issuer where the settings have none. Default: the address that it listens on. */
  readonly issuer?: string | undefined
  /** How many processes serve together. Default 1. */
  readonly workerCount?: number
}

/** The log that the settings ask for. With `--json` a program listens, and nobody reads notices. */
export async function logOf({
  settings,
  edge,
  output,
}: ServerInvocation): Promise<ServeLog | undefined> {
  const level = settings.value('logLevel') ?? (output.json ? 'info' : 'silent')
  return level === 'silent' ? undefined : await startLog(level, edge)
}

/** Makes a server and listens with it. */
export async function startServer(
  invocation: ServerInvocation,
  log: ServeLog | undefined,
  { port, issuer, workerCount = 1 }: ServingPlace,
): Promise<RunningServer> {
  const { settings, edge } = invocation
  const { listen } = await import('@mintmark/authorization-server')
  const make = await serverMaker(invocation, log, workerCount)
  return await listen({
    ...{ host: settings.value('host'), port, clock: edge.clock },
    ...tlsOf(invocation),
    server: (origin) => make(issuer ?? origin),
  })
}

/** How a server is made: for the issuer of the settings or, where they have none, for the one it is given. */
export async function serverMaker(
  invocation: ServerInvocation,
  log: ServeLog | undefined,
  workerCount: number,
): Promise<(ownIssuer: string) => Promise<AuthorizationServer>> {
  const { settings, edge, output } = invocation
  const { createAuthorizationServer, dialectNames } = await import('@mintmark/authorization-server')
  const dialect = knownDialect(settings.value('dialect') ?? 'default', dialectNames)
  const given = settings.value('issuer')
  if (given !== undefined) await requireIssuer(given, '--issuer must be')
  const features = featuresOf(invocation)
  const { clock, random } = edge
  const limits = await openRequestLimits(invocation, log, workerCount)
  const storage = await storageOf(invocation, { createsFolder: true })
  const snapshot = {
    file: snapshotFileOf(invocation),
    graceSeconds: settings.value('graceSeconds'),
  }
  return async (ownIssuer) => {
    const issuer = given ?? ownIssuer
    await requireIssuer(issuer, 'on an address that others can reach, --issuer is needed:')
    const observer = log?.observer ?? serverNotices(output)
    const dpopNonces = settings.value('dpopNonces')
    const options = { issuer, storage, dialect, snapshot, dpopNonces, clock, random, observer }
    const { signers, close: closeSigners } = await openSigners(invocation)
    try {
      const server = await createAuthorizationServer({
        ...{ ...options, ...features, ...limits.options },
        ...signersOption(signers),
      })
      limits.begin()
      const close = async (): Promise<void> => {
        await server.close().finally(limits.end)
        await closeSigners()
      }
      return { ...server, close }
    } catch (error) {
      await closeSigners()
      throw refusedFeature(error)
    }
  }
}

/** The certificate files, of which two go together. */
function tlsOf({ settings, output }: ServerInvocation): Pick<ListenOptions, 'tls' | 'observer'> {
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

/** Tells when the database goes away and comes back, and that a proxy may be missing, once each. */
function serverNotices(output: Output): Observer<AuthorizationServerEvent> {
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
    } else if (event.type === 'forwarding_header_ignored') {
      output.notice(
        `${event.header} came from an address that is no --trusted-proxy, and is not believed`,
      )
    }
  }
}
