/** What only a server that runs can tell: how it is, and how its clients keep their tokens. */
import type { ClientDiscipline } from '@mintmark/authorization-server'
import { membersWithoutNull } from '../wire/member-names.ts'
import type { OperationAnswer } from '../wire/operations.ts'
import { AdminApiError, type AdminConnectionOptions, connectAdmin } from './admin-connection.ts'

/** Questions to one node. Each rejects with {@link AdminApiError} when it cannot be asked. */
export interface NodeInquiries {
  /** The state of the node, with the names of the wire. */
  status(): Promise<OperationAnswer<'status'>>
  /** How the clients keep their tokens, the worst first. @param limit - How many at most, 1 to 1,000. */
  cacheDiscipline(limit: number): Promise<readonly ClientDiscipline[]>
}

/** Makes them; nothing is sent before the first question. */
export function nodeInquiries(options: AdminConnectionOptions): NodeInquiries {
  const { find } = connectAdmin(options)
  return {
    async status() {
      const message = await find('status')
      if (message === undefined) throw new AdminApiError('admin_answer_not_understood')
      return message
    },
    async cacheDiscipline(limit) {
      const message = await find('cacheDiscipline', { query: { limit } })
      return (message?.clients ?? []).map((one) => membersWithoutNull(one) as ClientDiscipline)
    },
  }
}
