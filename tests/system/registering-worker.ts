/**
 * A process that registers and disables clients as fast as it can, and says so for each once it was told that it is
 * done: `created ID` or `disabled ID`, a line each. It ends when it is killed, or when its storage does.
 *
 * Arguments: the data folder or `postgres:` URL, the file with the master key, and a word that its client ids begin
 * with.
 */
import { writeSync } from 'node:fs'
import { openAdministration, sqlite } from '@mintmark/authorization-server'
import { postgres } from '@mintmark/authorization-server/postgres'

const [, , place = '', masterKeyFile = '', prefix = ''] = process.argv
const storage = place.startsWith('postgres:') ? postgres(place, { masterKeyFile }) : sqlite(place)
const { registry } = await openAdministration({ storage })

async function register(lane: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    const id = `${prefix}-${lane}-${number}`
    const created = await registry.createClient({ id, scope: 'a:read a:write' })
    if (!created.ok) throw new Error(created.violation)
    // Out of the process at once: what is in a buffer when it is killed was not said.
    writeSync(1, `created ${id}\n`)
    const disabled = await registry.setClientDisabled(id, true)
    if (!disabled.ok) throw new Error(disabled.violation)
    writeSync(1, `disabled ${id}\n`)
  }
}

await Promise.all([register(0), register(1), register(2)]).catch(() => process.exit(3))
