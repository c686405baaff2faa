/**
 * The flights of one key, one at a time: what they set out for, and what callers hear who leave
 * them without a token.
 */
import type { Clock } from '@mintmark/runtime'
import type { AccessToken } from './access-token.ts'
import type { AcquiringFlight } from './acquisition.ts'
import type { Report, TokenRequestLabel } from './events.ts'
import { Flight } from './flight.ts'
import { overloadedRetryAfterMs } from './limits.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { Departure, WaitingPlaces } from './waiting-line.ts'

/** What a key's flights need. */
export interface KeyFlightsParts {
  readonly clock: Clock
  readonly places: WaitingPlaces
  readonly label: TokenRequestLabel
  readonly report: Report
  /** Numbers the flights of a client. */
  readonly nextFlightNumber: () => number
  /** The work of a flight. */
  readonly acquire: (flight: AcquiringFlight, signal: AbortSignal) => Promise<AccessToken>
  /** Told when a flight is over, before anybody hears of the outcome. */
  readonly onEnd: () => void
}

/** What a flight sets out for, and whether anybody waits for it to begin with. */
export interface Launch extends Pick<AcquiringFlight, 'trigger' | 'minTtlSeconds'> {
  readonly isBackground: boolean
}

/** The flights of one key. */
export class KeyFlights {
  readonly #parts: KeyFlightsParts
  #current: Flight<AccessToken> | undefined
  #hasTurnedAway = false

  constructor(parts: KeyFlightsParts) {
    this.#parts = parts
  }

  /** The flight under way. */
  get current(): Flight<AccessToken> | undefined {
    return this.#current
  }

  /** Starts a flight. There is none under way. */
  launch({ isBackground, trigger, minTtlSeconds }: Launch): Flight<AccessToken> {
    const { clock, places, acquire, onEnd, nextFlightNumber } = this.#parts
    const number = nextFlightNumber()
    const flight = new Flight<AccessToken>({
      ...{ clock, places, isBackground },
      departureError: (departure) => this.#departureError(departure),
      work: (signal, own) =>
        acquire({ number, trigger, minTtlSeconds, waiters: () => own.waiters }, signal),
      onEnd: () => {
        this.#current = undefined
        this.#hasTurnedAway = false
        onEnd()
      },
    })
    this.#current = flight
    return flight
  }

  #departureError(departure: Departure): TokenAcquisitionError {
    if (departure !== 'too_many_waiters') return new TokenAcquisitionError({ code: departure })
    if (!this.#hasTurnedAway) {
      this.#hasTurnedAway = true
      const { label: request, places, report } = this.#parts
      report({ type: 'callers_turned_away', request, waiting: places.taken })
    }
    return new TokenAcquisitionError({ code: departure, retryAfterMs: overloadedRetryAfterMs })
  }
}
