/** A storage with something in every table, for tests of backups. */
import { openAdministration, type Storage } from '../../src/index.ts'
import { someClient } from '../registered.ts'
import { clientCreated, make, resourceCreated, signingKey } from '../storage/storage-world.ts'

/** Registers `count` clients and more. */
export async function fillStorage(storage: Storage, count: number): Promise<void> {
  const session = await storage.open()
  await make(
    session,
    ...[resourceCreated, clientCreated],
    { type: 'signing_key_created', key: signingKey },
    { type: 'token_revoked', revocation: { jti: 'j', clientId: 'a', expiresAtSeconds: 2 ** 33 } },
    {
      type: 'client_tokens_revoked',
      epoch: { clientId: 'é"\u{1f511}', notBeforeSeconds: 5, expiresAtSeconds: 2 ** 33 },
    },
    { type: 'setting_changed', name: 'a', value: 'b\n\u2028' },
  )
  const clients = Array.from({ length: count }, (_, at) => someClient(`client-${at}`))
  if (count > 0) {
    await make(session, ...clients.map((client) => ({ type: 'client_created', client }) as const))
  }
  const usage = { secretId: 's1', hourWallMs: 7, network: '10.0.0.0/24' }
  const report = { nodeId: 'n', startedAtWallMs: 1, reportedUntilWallMs: 2, stopped: true }
  await session.recordUsage([usage], report)
  await session.close()
  const { audit, close } = await openAdministration({ storage })
  await audit.auditCheckpoint()
  await close()
}

/** Everything that can be read of a storage. */
export async function contentOf(storage: Storage): Promise<unknown> {
  const session = await storage.open()
  const tables: unknown[] = []
  await session.readTables(({ table, columns, rows }) => {
    const plain = rows.map((row) =>
      row.map((value) => (value instanceof Uint8Array ? [...value] : value)),
    )
    tables.push({ table, columns, rows: plain })
  })
  await session.close()
  return tables
}

/** The verdict on its audit trail. */
export async function auditVerdict(storage: Storage) {
  const { audit, close } = await openAdministration({ storage })
  const verdict = await audit.verifyAudit()
  await close()
  return verdict
}
