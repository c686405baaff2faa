/**
 * What the published API of Envoy says of a configuration: which fields a message has, of which kind, and which of them
 * must be there. `envoy-api.json` has those messages that the shipped configuration uses, with all their fields but
 * those of kinds that it does not use; a field that is not in it is a fault, whatever the reason.
 */
import { parse } from 'yaml'
import { read } from './program.ts'

interface Message {
  readonly fields: Readonly<Record<string, string>>
  readonly required?: readonly string[]
  readonly oneofs?: readonly { readonly fields: readonly string[]; readonly required: boolean }[]
}

/** Messages by their full names, and the names in each enumeration. */
export interface EnvoyApi {
  readonly messages: Readonly<Record<string, Message>>
  readonly enums: Readonly<Record<string, readonly string[]>>
}

/** As it was published when the version that `source` names was made. */
export const publishedApi: EnvoyApi = parse(read('tests/conformance/deployment/envoy-api.json'))

/** What is wrong with a value of a kind: a message, an enumeration, a number and so on. Each with its place. */
export function faultsIn(api: EnvoyApi, kind: string, value: unknown, at = ''): readonly string[] {
  const message = api.messages[kind]
  if (message !== undefined) return messageFaults(api, message, value, at)
  if (kind === 'google.protobuf.Any') return anyFaults(api, value, at)
  const names = api.enums[kind]
  const isGood =
    names === undefined
      ? scalars[kind]?.(value)
      : typeof value === 'string' && names.includes(value)
  return isGood === true ? [] : [`${at}: no ${kind}`]
}

const isWhole = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  uint32: isWhole,
  'google.protobuf.BoolValue': (value) => typeof value === 'boolean',
  'google.protobuf.UInt32Value': isWhole,
  'google.protobuf.Duration': (value) => /^\d+(\.\d+)?s$/.test(String(value)),
}

function messageFaults(
  api: EnvoyApi,
  { fields, required = [], oneofs = [] }: Message,
  value: unknown,
  at: string,
): readonly string[] {
  if (!isObject(value)) return [`${at}: no message`]
  const missing = required.filter((name) => isEmpty(value[name])).map((name) => `${at}.${name}`)
  const choices = oneofs.filter((each) => {
    const chosen = each.fields.filter((name) => name in value).length
    return chosen > 1 || (each.required && chosen === 0)
  })
  return [
    ...missing.map((place) => `${place}: missing`),
    ...choices.map((each) => `${at}: not one of ${each.fields.join(', ')}`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const kind = fields[name]
      const place = `${at}.${name}`
      return kind === undefined ? [`${place}: unknown`] : fieldFaults(api, kind, inner, place)
    }),
  ]
}

function fieldFaults(api: EnvoyApi, kind: string, value: unknown, at: string): readonly string[] {
  const [, container, inner = kind] = /^(repeated|map) (.+)$/.exec(kind) ?? []
  if (container === undefined) return faultsIn(api, kind, value, at)
  if (container === 'repeated' ? !Array.isArray(value) : !isObject(value)) {
    return [`${at}: not ${container}`]
  }
  return Object.entries(value as object).flatMap(([key, each]) =>
    faultsIn(api, inner, each, `${at}.${key}`),
  )
}

/** A message that says itself of which kind it is. */
function anyFaults(api: EnvoyApi, value: unknown, at: string): readonly string[] {
  if (!isObject(value)) return [`${at}: no message`]
  const { '@type': type, ...rest } = value
  const [, kind = ''] = /^type\.googleapis\.com\/(.+)$/.exec(String(type)) ?? []
  return kind in api.messages ? faultsIn(api, kind, rest, at) : [`${at}: no kind`]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}
