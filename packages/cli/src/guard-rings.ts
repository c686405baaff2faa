/** The rings of `mintmark guard`, from the settings: by client for who is verified, by address for everybody else. */
import type { Limiter, Rings } from '@mintmark/limits'
import type { Invocation } from './command.ts'
import type { Rate } from './setting-kind.ts'

/** The settings that they are made of. */
export const guardRingSettings = ['limitAddress', 'limitClient'] as const

/**
 * `undefined` when nothing is to be limited. A ring that is not set has no limit.
 *
 * @param shared - Counts for several processes together. Default: this one counts for itself.
 */
export async function guardRings(
  { settings, edge }: Invocation<(typeof guardRingSettings)[number]>,
  shared: Limiter | undefined,
): Promise<Rings | undefined> {
  const [address, client] = [settings.value('limitAddress'), settings.value('limitClient')]
  if (address === undefined && client === undefined) return undefined
  const { createFailureRing, createRings, limitPolicy, memoryLimiter } = await import(
    '@mintmark/limits'
  )
  const policiesOf = (name: string, rate: Rate | undefined) =>
    rate === undefined ? [] : [limitPolicy({ name, ...rate })]
  const { clock } = edge
  return createRings({
    limiter: shared ?? memoryLimiter({ clock }),
    // Forgeries cost the process that checks them; it counts them for itself.
    failures: createFailureRing({ limiter: memoryLimiter({ clock }) }),
    publicPolicies: policiesOf('public', address),
    partnerPolicies: policiesOf('partner', client),
    random: edge.random,
  })
}
