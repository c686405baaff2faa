/**
 * The names of buckets in Redis: an HMAC-SHA-256 (128 bits of it) over policy and key, so that a dump shows no client
 * and no address, and nobody without the secret can test a guess. A plain digest would not do: all IPv4 addresses are
 * hashed in minutes.
 *
 * All names of a limiter have the same hash tag, so that on a cluster they live in one slot and one script may touch
 * several of them. Limiters with different prefixes live in different slots.
 */
import { boundedKey } from '../bucket-key.ts'
import type { LimitRequest, MaybePromise } from '../limiter.ts'
import { bucketNamesMax } from '../limits.ts'
import { type NamingKey, nameOf, namingKey } from './naming-key.ts'

/** Makes names, and remembers the latest. */
export class BucketNames {
  readonly #tag: string
  readonly #key: NamingKey
  readonly #known = new Map<string, string>()

  constructor(prefix: string, secret: Uint8Array<ArrayBuffer>) {
    this.#tag = `{${prefix}}`
    this.#key = namingKey(secret)
  }

  /** A name in the same slot that is no bucket's. */
  get probe(): string {
    return `${this.#tag}:probe`
  }

  /** The names of the buckets of all requests; at once when all are known. */
  of(requests: readonly LimitRequest[]): MaybePromise<readonly string[]> {
    const texts = requests.map(({ policy, key }) => `${policy.name} ${boundedKey(key)}`)
    const known = texts.map((text) => this.#known.get(text))
    if (known.every((name) => name !== undefined)) return known
    return Promise.all(texts.map((text) => this.#name(text)))
  }

  async #name(text: string): Promise<string> {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    // No policy name contains a space, so what stands before the first one is it.
    const policyName = text.slice(0, text.indexOf(' '))
    const name = `${this.#tag}:${policyName}:${await nameOf(this.#key, text)}`
    this.#remember(text, name)
    return name
  }

  /** A `Map` iterates in the order of insertion, so the first name is the oldest. */
  #remember(text: string, name: string): void {
    if (this.#known.size >= bucketNamesMax) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest)
        break
      }
    }
    this.#known.set(text, name)
  }
}
