/** An account for programs that refuse to be started by root. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** An account by its numbers, as `spawn` takes them. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

const execute = promisify(execFile)

/**
 * The first of the named accounts that this machine has, when this process is root's; `undefined` when it is not.
 *
 * Rejects when the machine has none of them.
 */
export async function unprivilegedAccount(
  ...names: readonly string[]
): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const found = await Promise.allSettled(names.map(accountOf))
  const account = found.find((each) => each.status === 'fulfilled')
  if (account === undefined) throw new Error(`no account named ${names.join(' or ')}`)
  return account.value
}

async function accountOf(name: string): Promise<Account> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => execute('id', [which, name])))
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
}
