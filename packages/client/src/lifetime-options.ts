/** The options that say how long tokens are used, when they are renewed, and how many may be asked for. */
import { booleanValue, checkNames, integerWithin, numberWithin } from '@mintmark/runtime'
import { DEFAULT_WINDOW, type LifetimePolicy, type RenewalWindow } from './lifetime.ts'
import { lifetimeSecondsDefault, lifetimeSecondsLimit, mintBudgetLimit } from './limits.ts'
import type { MintBudget } from './mint-budget.ts'

/** What the option `mintBudget` takes: one of the two numbers at least. */
export interface MintBudgetOptions {
  /** Token requests in an hour, 1 to 1,000,000. */
  readonly perHour?: number
  /** Token requests in a day, 1 to 1,000,000. */
  readonly perDay?: number
  /**
   * Whether requests beyond the budget are refused, with `mint_budget_spent`. Renewals of tokens in
   * hand are sent all the same. Default `false`: events tell of it.
   */
  readonly isEnforced?: boolean
}

/** All may be left out. */
export interface LifetimeOptions {
  /**
   * When a token is renewed in the background: within a window of its lifetime, or that many
   * seconds before its end. Default: drawn once per token between 0.7 and 0.85 of the lifetime.
   */
  readonly renewal?: RenewalWindow
  /**
   * Whether tokens are renewed in time when nobody asks for them, too, by a timer that keeps no
   * process alive. Begins with the first token, and ends with `forget` and `dispose`. Default
   * `false`: a renewal begins with the first call after it is due.
   */
  readonly keepWarm?: boolean
  /**
   * How long the token endpoint may be down without a caller noticing, in seconds; renews earlier.
   * Default: no demand.
   */
  readonly surviveOutageSeconds?: number
  /**
   * Added to the safety margin of min(30 s, 10 % of the lifetime), in seconds, 0 to 3,600. Default
   * 0.
   */
  readonly clockSkewSeconds?: number
  /** The lifetime of a token whose response gives none, in seconds, from 1. Default 300. */
  readonly lifetimeSecondsAssumed?: number
  /** How many token requests this client may send. Default: any number. */
  readonly mintBudget?: MintBudgetOptions
}

/** The same with every default applied. */
export interface ResolvedLifetimes {
  readonly lifetimePolicy: LifetimePolicy
  readonly lifetimeSecondsAssumed: number
  readonly keepsWarm: boolean
  readonly mintBudget: MintBudget | undefined
}

/** The names of these options. */
export const lifetimeOptionNames = [
  'renewal',
  'keepWarm',
  'surviveOutageSeconds',
  'clockSkewSeconds',
  'lifetimeSecondsAssumed',
  'mintBudget',
] as const satisfies readonly (keyof LifetimeOptions)[]

/**
 * Checks the options. Throws `TypeError` for a malformed value, and `RangeError` for a number out of
 * range.
 *
 * @param renewalOfPreset - Taken where the options name no window.
 */
export function resolveLifetimes(
  options: LifetimeOptions,
  renewalOfPreset: RenewalWindow = DEFAULT_WINDOW,
): ResolvedLifetimes {
  const { surviveOutageSeconds, mintBudget } = options
  return {
    lifetimePolicy: {
      renewal: resolveRenewal(options.renewal ?? renewalOfPreset),
      surviveOutageSeconds:
        surviveOutageSeconds === undefined
          ? undefined
          : numberWithin('surviveOutageSeconds', surviveOutageSeconds, 0, lifetimeSecondsLimit),
      clockSkewSeconds: numberWithin('clockSkewSeconds', options.clockSkewSeconds ?? 0, 0, 3600),
    },
    lifetimeSecondsAssumed: integerWithin(
      'lifetimeSecondsAssumed',
      options.lifetimeSecondsAssumed ?? lifetimeSecondsDefault,
      1,
      lifetimeSecondsLimit,
    ),
    keepsWarm: booleanValue('keepWarm', options.keepWarm ?? false),
    mintBudget: mintBudget === undefined ? undefined : resolveMintBudget(mintBudget),
  }
}

function resolveRenewal(renewal: RenewalWindow): RenewalWindow {
  if (typeof renewal === 'object' && renewal !== null && 'secondsBeforeExpiry' in renewal) {
    checkNames(renewal, ['secondsBeforeExpiry'], 'renewal')
    const { secondsBeforeExpiry } = renewal
    numberWithin('renewal.secondsBeforeExpiry', secondsBeforeExpiry, 0, lifetimeSecondsLimit)
    return { secondsBeforeExpiry }
  }
  checkNames(renewal, ['fromShare', 'toShare'], 'renewal')
  const fromShare = numberWithin('renewal.fromShare', renewal.fromShare, 0.1, 1)
  const toShare = numberWithin('renewal.toShare', renewal.toShare, fromShare, 1)
  return { fromShare, toShare }
}

function resolveMintBudget(budget: MintBudgetOptions): MintBudget {
  checkNames(budget, ['perHour', 'perDay', 'isEnforced'], 'mintBudget')
  const { perHour, perDay, isEnforced = false } = budget
  if (perHour === undefined && perDay === undefined) {
    throw new TypeError('mintBudget: expected perHour, perDay or both')
  }
  const limits = [
    { windowSeconds: 3_600, name: 'mintBudget.perHour', limit: perHour },
    { windowSeconds: 86_400, name: 'mintBudget.perDay', limit: perDay },
  ]
  return {
    isEnforced: booleanValue('mintBudget.isEnforced', isEnforced),
    windows: limits.flatMap(({ windowSeconds, name, limit }) =>
      limit === undefined
        ? []
        : [{ windowSeconds, limit: integerWithin(name, limit, 1, mintBudgetLimit) }],
    ),
  }
}
