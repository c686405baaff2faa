/**
 * The bodies of one media type that came before, read. A client asks in the same words again and again, and what a body
 * says depends on its octets alone.
 *
 * Invariants
 *  (1) Kept is only a plain body: one that names nothing but what is asked for, each name spelled as it is. No secret,
 *      assertion or token can be in it.
 *  (2) Their number and size are bounded. Who sends many different ones makes others be read once more, and no more.
 */
import type { Parameters, ParameterViolation, Parsed } from '@mintmark/protocol'
import { knownBodiesMax, knownBodyLengthMax } from '../limits.ts'

/** What a body says. */
export interface ReadBody {
  readonly ok: true
  readonly parameters: Parameters
  /** The body itself when it is plain. Plain bodies of two media types are never the same. */
  readonly plainBody: string | undefined
}

/** What is wrong with it. */
export interface UnreadableBody {
  readonly ok: false
  readonly violation: ParameterViolation
}

/** Reads the bodies of one media type. */
export class KnownBodies {
  readonly #known = new Map<string, ReadBody>()
  readonly #parse: (text: string) => Parsed<Parameters, ParameterViolation>
  readonly #isPlain: RegExp

  constructor(parse: (text: string) => Parsed<Parameters, ParameterViolation>, isPlain: RegExp) {
    this.#parse = parse
    this.#isPlain = isPlain
  }

  /** Reads a body, or gives what it was read as before. */
  read(text: string): ReadBody | UnreadableBody {
    if (text.length > knownBodyLengthMax) return this.#readAnew(text, undefined)
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const plainBody = this.#isPlain.test(text) ? text : undefined
    const read = this.#readAnew(text, plainBody)
    if (read.ok && plainBody !== undefined) this.#keep(plainBody, read)
    return read
  }

  #readAnew(text: string, plainBody: string | undefined): ReadBody | UnreadableBody {
    const parsed = this.#parse(text)
    return parsed.ok ? { ok: true, parameters: parsed.value, plainBody } : parsed
  }

  #keep(text: string, read: ReadBody): void {
    if (this.#known.size >= knownBodiesMax) this.#known.clear()
    this.#known.set(text, read)
  }
}

/** The names that a plain body may have. */
const NAME = '(?:grant_type|scope|resource|audience|client_id)'

/** A form with no other names, and none that is spelled with percent signs. */
export const PLAIN_FORM = new RegExp(`^${NAME}=[^&=]*(?:&${NAME}=[^&=]*)*$`)

/** A JSON object with no other names, texts without escapes, and nothing between them. */
export const PLAIN_JSON = new RegExp(`^\\{"${NAME}":"[^"\\\\]*"(?:,"${NAME}":"[^"\\\\]*")*\\}$`)
