/**
 * The keys of one trusted issuer, and what they are good for at the moment.
 *
 * Invariants
 *  (1) A verdict is vouched for only under the key set's generation that it was made under. A key that disappears
 *      takes its verdicts with it at once: the key set's events keep the generation current.
 *  (2) No verdict is vouched for while a look-up of its key would wait for the issuer, give or take the second for
 *      which an answer is reused. What first sight has to wait for, a remembered verdict does not skip.
 */
import {
  createRemoteJwkSet,
  isKeyRefusal,
  type JwkSetEvent,
  type KeyLookup,
  type MaybePromise,
  type RemoteJwkSet,
  type SignatureEngine,
  type WantedKey,
} from '@mintmark/jwt'
import type { Clock, Observer, RandomSource, Transport } from '@mintmark/runtime'
import type { GuardEvent } from './events.ts'
import type { GuardState } from './guard.ts'
import { KeySetSource } from './key-set-source.ts'
import { voucherMs } from './limits.ts'
import type { ResolvedIssuer } from './trusted-issuers.ts'
import type { KeyVoucher } from './verdict-cache.ts'

/** What the keys of an issuer need from the world. */
export interface IssuerKeysPorts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly transport: Transport
  readonly observer: Observer<GuardEvent>
  readonly engine: SignatureEngine
}

/** The keys of one trusted issuer. Sends nothing before the first look-up. */
export class IssuerKeys implements KeyVoucher {
  readonly #clock: Clock
  readonly #source: KeySetSource
  readonly #keySet: RemoteJwkSet
  #generation: number
  #vouchesUntilMonotonicMs = Number.NEGATIVE_INFINITY
  #fetchedAtMonotonicMs: number | undefined
  #hasFailed = false

  constructor(trusted: ResolvedIssuer, ports: IssuerKeysPorts) {
    const { clock, random, engine, transport, observer } = ports
    const source = new KeySetSource(trusted, transport, observer)
    this.#clock = clock
    this.#source = source
    this.#keySet = createRemoteJwkSet({
      url: source.url,
      transport: (_url, init) => source.fetch(init),
      observer: (event) => {
        this.#note(event)
        if (event.type === 'jwk_set_fetch_failed') source.distrust()
        observer({ type: 'key_set', issuer: trusted.issuer, event: { ...event, url: source.url } })
      },
      clock,
      random,
      engine,
    })
    this.#generation = this.#keySet.generation
  }

  /** Changes whenever a key disappears. */
  get generation(): number {
    return this.#generation
  }

  /** See `RemoteJwkSet.keyFor`: in place where that is possible; never rejects. */
  keyFor(wanted: WantedKey): MaybePromise<KeyLookup> {
    return this.#keySet.keyFor(wanted)
  }

  /**
   * See {@link KeyVoucher}. The key set is asked once a second, which is enough for it to start a renewal in time;
   * asking at every request would cost a tenth of the whole check.
   */
  vouchesFor(generation: number, wanted: WantedKey): boolean {
    if (generation !== this.#generation) return false
    const nowMonotonicMs = this.#clock.monotonicMs()
    if (nowMonotonicMs < this.#vouchesUntilMonotonicMs) return true
    const key = this.#keySet.keyFor(wanted)
    if (key instanceof Promise || isKeyRefusal(key)) return false
    this.#vouchesUntilMonotonicMs = nowMonotonicMs + voucherMs
    return generation === this.#generation
  }

  /** How well this issuer's tokens can be judged. */
  state(): GuardState {
    switch (this.#keySet.state()) {
      case 'fresh':
        return 'ready'
      case 'stale':
        return 'stale'
      case 'empty':
        return this.#hasFailed ? 'failing' : 'cold'
    }
  }

  /** Whether the issuer says that it has none, as one may whose tokens are all opaque. */
  get areAbsent(): boolean {
    return this.#source.isAbsent
  }

  /** Seconds since the keys in hand were fetched; `undefined` while there are none. */
  ageSeconds(): number | undefined {
    const fetchedAtMonotonicMs = this.#fetchedAtMonotonicMs
    if (fetchedAtMonotonicMs === undefined || this.#keySet.state() === 'empty') return undefined
    return (this.#clock.monotonicMs() - fetchedAtMonotonicMs) / 1000
  }

  /** Fetches the keys unless fresh ones are there. Resolves when that succeeded or failed. */
  async warm(): Promise<void> {
    if (this.#keySet.state() !== 'fresh') await this.#keySet.keyFor(anyKey)
  }

  /** Ends the request under way and starts no other. */
  dispose(): void {
    this.#keySet.dispose()
  }

  /** A set that is dropped needs no note: whatever takes its place brings its own generation. */
  #note(event: JwkSetEvent): void {
    if (event.type === 'jwk_set_fetch_failed') this.#hasFailed = true
    if (event.type !== 'jwk_set_renewed') return
    this.#hasFailed = false
    this.#fetchedAtMonotonicMs = this.#clock.monotonicMs()
    this.#generation = event.generation
  }
}

/** Asking for a key makes a set fetch itself; which key does not matter. */
const anyKey: WantedKey = { alg: 'ES256', kid: undefined }
