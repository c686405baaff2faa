/**
 * The commands, in the order the help shows them. A new command is one file in `commands/` and one
 * line here.
 */
import type { Command } from './command.ts'
import { adminCommands } from './commands/admin.ts'
import { auditCommands } from './commands/audit.ts'
import { backupCommands } from './commands/backup.ts'
import { callCommand } from './commands/call.ts'
import { checkProxyCommand } from './commands/check-proxy.ts'
import { clientCommands } from './commands/client.ts'
import { demoCommand } from './commands/demo.ts'
import { explainCommand } from './commands/explain.ts'
import { guardCommand } from './commands/guard.ts'
import { inspectCommand } from './commands/inspect.ts'
import { introspectCommand } from './commands/introspect.ts'
import { keyCommands } from './commands/key.ts'
import { nodeCommands } from './commands/node.ts'
import { exchangeCommands } from './commands/registry-exchange.ts'
import { resourceCommands } from './commands/resource.ts'
import { revokeCommand } from './commands/revoke.ts'
import { ringCommands } from './commands/rings.ts'
import { serveCommand } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'
import { verifyCommand } from './commands/verify.ts'

/** Every command. */
export const commandList: readonly Command[] = [
  serveCommand,
  guardCommand,
  checkProxyCommand,
  ...resourceCommands,
  ...clientCommands,
  ...exchangeCommands,
  ...keyCommands,
  ...auditCommands,
  ...backupCommands,
  tokenCommand,
  callCommand,
  inspectCommand,
  verifyCommand,
  introspectCommand,
  revokeCommand,
  explainCommand,
  ...ringCommands,
  ...adminCommands,
  ...nodeCommands,
  demoCommand,
]

/** What the first word of a two-word command groups, for the help. */
export const groupSummaries: ReadonlyMap<string, string> = new Map([
  ['admin', 'credentials for the admin API'],
  ['resource', 'register resource servers: their scopes and token lifetimes'],
  ['client', 'register clients: their secrets and permitted scopes'],
  ['key', 'rotate the keys that sign tokens, and withdraw compromised ones'],
  ['rings', 'try limits out on requests that have been'],
  ['audit', 'read the audit trail, and verify that it is as it was written'],
])
