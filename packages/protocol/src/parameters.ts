/**
 * The parameters of one request (RFC 6749 section 3.1 and 3.2), read from a form or, as an
 * extension for servers of the MyParcel.com kind, from a JSON object of strings.
 *
 * Invariants
 *  (1) No parameter was sent twice, except `resource` (RFC 8707 section 2), whether it has a value
 *      or not.
 *  (2) A parameter with an empty value counts as not sent.
 */
import { type FormPair, type FormViolation, parseForm } from './form.ts'
import { type JsonViolation, parseJsonObject } from './json-object.ts'
import { jsonRequestDepthMax, jsonRequestLengthMax, parametersMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'

/** The parameters of a request; unknown ones are simply never asked for. */
export interface Parameters {
  /**
   * The value of `name`, or `undefined` if it was not sent once with a value. For `resource` use
   * {@link all}.
   */
  one(name: string): string | undefined
  /** Every value of `name` in the order sent, possibly none. */
  all(name: string): readonly string[]
}

/** Why the parameters of a request cannot be read. */
export type ParameterViolation =
  | FormViolation
  | JsonViolation
  | 'repeated_parameter'
  | 'parameter_not_a_string'

/** Reads parameters from a form body. Refuses a repeated one; keeps unknown ones. Never throws. */
export function parametersFromForm(text: string): Parsed<Parameters, ParameterViolation> {
  const form = parseForm(text)
  return form.ok ? parametersFromPairs(form.value) : form
}

/**
 * Reads parameters from a JSON body: an object whose values are strings, `resource` also an array
 * of strings.
 *
 * Refuses numbers, booleans, `null` and objects, even as values of unknown parameters, since the
 * same document means something else to a reader that converts them. Never throws.
 */
export function parametersFromJson(text: string): Parsed<Parameters, ParameterViolation> {
  const json = parseJsonObject(text, {
    depthMax: jsonRequestDepthMax,
    lengthMax: jsonRequestLengthMax,
  })
  if (!json.ok) return json
  const pairs: FormPair[] = []
  for (const [name, value] of Object.entries(json.value)) {
    const values = name === 'resource' && Array.isArray(value) ? value : [value]
    if (pairs.length + values.length > parametersMax) return refused('too_many_parameters')
    for (const element of values) {
      if (typeof element !== 'string') return refused('parameter_not_a_string')
      pairs.push([name, element])
    }
  }
  return parametersFromPairs(pairs)
}

/**
 * Writes pairs as a JSON object of strings, the counterpart of {@link parametersFromJson}: one
 * `resource` is a string, several are an array. Throws a `RangeError` when another name occurs
 * twice.
 */
export function serialiseJsonParameters(pairs: Iterable<FormPair>): string {
  const values = new Map<string, string | readonly string[]>()
  for (const [name, value] of pairs) {
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, value)
    else if (name === 'resource') values.set(name, [earlier, value].flat())
    else throw new RangeError(`the parameter ${name} cannot be sent twice`)
  }
  return JSON.stringify(Object.fromEntries(values))
}

function parametersFromPairs(pairs: readonly FormPair[]): Parsed<Parameters, ParameterViolation> {
  const single = new Map<string, string>()
  const resources: string[] = []
  for (const [name, value] of pairs) {
    if (name === 'resource') {
      if (value !== '') resources.push(value)
    } else if (single.has(name)) {
      return refused('repeated_parameter')
    } else {
      single.set(name, value)
    }
  }
  return accepted(new ParsedParameters(single, resources))
}

class ParsedParameters implements Parameters {
  readonly #single: ReadonlyMap<string, string>
  readonly #resources: readonly string[]

  constructor(single: ReadonlyMap<string, string>, resources: readonly string[]) {
    this.#single = single
    this.#resources = resources
  }

  one(name: string): string | undefined {
    if (name === 'resource') return this.#resources.length === 1 ? this.#resources[0] : undefined
    const value = this.#single.get(name)
    return value === '' ? undefined : value
  }

  all(name: string): readonly string[] {
    if (name === 'resource') return this.#resources
    const value = this.one(name)
    return value === undefined ? [] : [value]
  }
}
