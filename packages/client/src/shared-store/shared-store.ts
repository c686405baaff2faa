/**
 * The port behind which the processes of a fleet share tokens: a small set of atomic operations on opaque names and
 * opaque sealed texts. A driver knows nothing of tokens, keys or HTTP; the protocol that makes one token request out
 * of many processes is in `fleet-member.ts`, the sealing in `sealing.ts`.
 *
 * Rules for every driver (the contract suite holds each against them)
 *  (1) Each operation is atomic, and takes one round trip.
 *  (2) Time is the store's own clock. Remaining times are told as durations, never as instants, and are what remains
 *      when the answer or the publication is heard, however long it was under way.
 *  (3) A generation grows by one with each accepted write and never shrinks while its record lives. The record outlives
 *      its token by `recordGraceMs`, so that a late writer meets the generation that refuses it.
 *  (4) Names and sealed texts are base64url; nothing else is ever given to a driver but numbers, and texts that are
 *      no secret (fingerprints of tokens, failure codes).
 *  (5) An operation that cannot be done rejects; it never pretends. What rejected may have happened, but never happens
 *      later. Publications may be lost, repeated or late.
 */

/** What is stored under one name. */
export interface SharedRecord {
  /** 0 when nothing was ever written. */
  readonly generation: number
  /** The sealed entry of that generation; `undefined` when there is none or its lifetime is over. */
  readonly sealed: string | undefined
  /** How long the entry lives on, in milliseconds, by the store's clock; 0 without an entry. */
  readonly remainingMs: number
  /** How long the lease is still held, in milliseconds; 0 when it is free. */
  readonly leaseRemainingMs: number
  /** Fingerprints of refused tokens that have not expired yet. */
  readonly tombstones: readonly string[]
}

/** The answer to an attempt to take a lease, with the record as it was at that moment. */
export interface LeaseAnswer {
  readonly isAcquired: boolean
  readonly record: SharedRecord
}

/** An entry to be written by the holder of a lease. */
export interface SharedWrite {
  readonly owner: string
  /**
   * The highest generation that the writer has seen; the entry gets the next one. After a store has lost its records
   * this is how the generation goes on growing: the writer remembers what the store forgot.
   */
  readonly generation: number
  readonly sealed: string
  readonly lifetimeMs: number
}

/** A circuit that is open for the whole fleet. */
export interface SharedCircuit {
  /** A failure code of this package. */
  readonly code: string
  /** The length of the current pause, in milliseconds; a failed probe opens a longer one. */
  readonly pauseMs: number
  /** How much of it is left, in milliseconds; 0 is told to the probe alone. */
  readonly remainingMs: number
}

/** A window of a mint budget. */
export interface MintWindow {
  readonly windowSeconds: number
  readonly limit: number
}

/** What all processes are told. */
export type Publication =
  /** A new entry. Carries it, so that nobody has to read. */
  | {
      readonly kind: 'written'
      readonly name: string
      readonly generation: number
      readonly sealed: string
      readonly remainingMs: number
    }
  /** A lease was given up without an entry: whoever waits may try. */
  | { readonly kind: 'released'; readonly name: string }
  /** A token was refused. */
  | { readonly kind: 'retired'; readonly name: string; readonly fingerprint: string }
  /** A circuit was opened, or closed (`circuit` is `undefined`). */
  | {
      readonly kind: 'circuit'
      readonly name: string
      readonly circuit: SharedCircuit | undefined
    }

/** The operations of a driver. */
export interface SharedStore {
  /** The record under `name`. */
  read(name: string): Promise<SharedRecord>
  /** Takes the lease if it is free (or held by the same owner), for `leaseMs`. */
  acquire(name: string, owner: string, leaseMs: number): Promise<LeaseAnswer>
  /**
   * Writes an entry, gives up the lease if the writer still holds it, and publishes.
   *
   * @returns The new generation; `undefined` when the record is past `generation`, and nothing was written.
   */
  write(name: string, write: SharedWrite): Promise<number | undefined>
  /** Gives up the lease if `owner` holds it, and publishes. */
  release(name: string, owner: string): Promise<void>
  /** Leaves a tombstone for `lifetimeMs` and publishes. The entry stays: it is the reader who honours tombstones. */
  retire(name: string, fingerprint: string, lifetimeMs: number): Promise<void>
  /** Drops the entry, its lease and its tombstones; the generation stays. */
  clear(name: string): Promise<void>
  /**
   * Asks whether a request may be sent under the circuit `name`. Whoever may send as a probe starts the next pause in
   * the same step, so that there is one probe in the fleet.
   *
   * @returns The circuit, `undefined` when there is none. With `remainingMs` 0 the caller is the probe and may send;
   *   above 0 it may not.
   */
  passCircuit(name: string): Promise<SharedCircuit | undefined>
  /**
   * Opens a circuit for `pauseMs` and publishes. An older one is replaced.
   *
   * @param keepMs - When it is forgotten, at least `pauseMs`: between the two it lets one probe through per pause,
   *   and after that everybody.
   */
  openCircuit(name: string, code: string, pauseMs: number, keepMs: number): Promise<void>
  /** Removes a circuit, and publishes if there was one. */
  closeCircuit(name: string): Promise<void>
  /**
   * Counts one token request in every window under `name`, or in none when one of them is full.
   *
   * @returns For each window the number that this request has in it, or would have: it was counted exactly when none of
   *   them is above its limit.
   */
  spend(name: string, windows: readonly MintWindow[]): Promise<readonly number[]>
  /**
   * Hears publications of all names. Rejections and reconnections are the driver's: it goes on listening until the
   * returned function is called.
   *
   * @param onGap - Told when publications may have been missed.
   */
  subscribe(
    listener: (publication: Publication) => void,
    onGap: () => void,
  ): Promise<() => Promise<void>>
  /** Frees what the driver itself opened; connections of the caller stay open. */
  close(): Promise<void>
}
