/** A little of JSON Schema: which members an object may have, which it must have, and what they are. */
import assert from 'node:assert/strict'

/** What a value has to be. A member that is not named is a mistake: usually a misspelt one, which Kubernetes drops. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'port'
  /** Any object with texts, such as labels. */
  | 'texts'
  | { readonly oneOf: readonly string[] }
  | { readonly list: Shape }
  | { readonly members: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }

/** Fails unless `value` has the shape; `place` says where it stands. */
export function assertShape(value: unknown, shape: Shape, place: string): void {
  if (shape === 'port') {
    assert.ok(typeof value === 'string' || Number.isInteger(value), place)
  } else if (shape === 'texts') {
    assert.ok(typeof value === 'object' && value !== null, place)
    for (const text of Object.values(value)) assert.equal(typeof text, 'string', place)
  } else if (typeof shape === 'string') {
    assert.equal(typeof value, shape, place)
  } else if ('oneOf' in shape) {
    assert.ok(shape.oneOf.includes(String(value)), `${place} is ${value}`)
  } else if ('list' in shape) {
    assert.ok(Array.isArray(value), place)
    for (const [at, each] of value.entries()) assertShape(each, shape.list, `${place}[${at}]`)
  } else {
    assertMembers(value, shape, place)
  }
}

function assertMembers(
  value: unknown,
  { members, required = [] }: Extract<Shape, { readonly members: unknown }>,
  place: string,
): void {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), place)
  for (const [name, member] of Object.entries(value)) {
    const shape = members[name]
    assert.ok(shape !== undefined, `${place} has no member "${name}"`)
    assertShape(member, shape, `${place}.${name}`)
  }
  for (const name of required) assert.ok(name in value, `${place} lacks "${name}"`)
}
