/** The storage contract on a real PostgreSQL, and what only a database over a network can do to it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { systemClock } from '@mintmark/runtime'
import { startPostgresServer } from '@mintmark/testkit'
import { postgres } from '../../src/postgres.ts'
import { postgresAddress } from '../../src/storage/postgres/postgres-address.ts'
import { PostgresDatabase } from '../../src/storage/postgres/postgres-database.ts'
import { postgresLedger, postgresSteps } from '../../src/storage/postgres/postgres-schema.ts'
import { testSchema } from '../storage/schema-contract.ts'
import { testStorage } from '../storage/storage-contract.ts'

const server = await startPostgresServer()
const folder = mkdtempSync(join(tmpdir(), 'mintmark-postgres-storage-'))
let count = 0

after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

testStorage('PostgreSQL', async () => {
  count += 1
  const url = await server.createDatabase(`contract${count}`)
  const masterKeyFile = join(folder, `master${count}.key`)
  return {
    storage: postgres(url, { masterKeyFile }),
    remove: async () => rmSync(masterKeyFile, { force: true }),
  }
})

testSchema('PostgreSQL', async () => {
  count += 1
  const url = await server.createDatabase(`schema${count}`)
  const storage = postgres(url, { masterKeyFile: join(folder, `schema${count}.key`) })
  await (await storage.open()).close()
  const options = { clock: systemClock, connectionsMax: 2, statementMsMax: 10_000 }
  return {
    storage,
    openDatabase: async () => new PostgresDatabase(postgresAddress(url), options),
    steps: postgresSteps,
    ledger: postgresLedger,
    remove: async () => undefined,
  }
})
