/** Administration of a running server: what it changes is in force in this process when its promise resolves. */
import { type Administration, createAdministration } from './administration.ts'
import type { LiveState } from './registry/live-state.ts'
import { type RegistryPorts, requireNodeEngine } from './registry/registry.ts'
import type { ChangeActor } from './registry/registry-world.ts'
import { createKeyAdministration } from './signing-keys/key-administration.ts'
import type { StorageSession } from './storage/storage.ts'
import type { TokenJudge } from './tokens/token-operations.ts'

/** Makes the administration for one actor after another. Closing one closes nothing: the session is the server's. */
export function createServerAdministration(
  session: StorageSession,
  state: LiveState,
  ports: RegistryPorts,
  judge: TokenJudge,
): (actor: ChangeActor) => Administration {
  const changed = (): Promise<void> => state.catchUp()
  return (actor) => ({
    ...createAdministration(session, ports, { actor, changed, judge }),
    keys: createKeyAdministration({
      ...{ session, engine: requireNodeEngine(), clock: ports.clock, random: ports.random },
      ...{ by: actor, changed },
      // What is shown and decided upon is then also what is published.
      stored: () => state.catchUp().then(() => state.signingKeys),
    }),
    close: async () => undefined,
  })
}
