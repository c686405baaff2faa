/**
 * Parts of records that many clients have in common, as one object each: of a hundred thousand clients most ask in the
 * same way for the same few scopes. Records are never changed, so nobody notices.
 */
import { emptyScope, parseScope, type ScopeSet } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import type { AuthenticationMethod, Grant } from '../registry/client.ts'

/** A grant as it is stored: resource, scopes, and scopes by default. */
export type StoredGrant = readonly [resource: string, scopes: string, byDefault: string | null]

/** What was made so far while some records are read. */
export interface RecordSharing {
  /** The methods in a text with single spaces between them. */
  methods(text: string): readonly AuthenticationMethod[]
  grants(stored: readonly StoredGrant[]): readonly Grant[]
  names(names: readonly string[]): readonly string[]
}

/** Shares nothing yet. */
export function createRecordSharing(): RecordSharing {
  const scopes = remembered(scopeSetOf)
  const names = remembered((text) => JSON.parse(text) as readonly string[])
  const grants = remembered((text) =>
    (JSON.parse(text) as readonly StoredGrant[]).map(([resource, granted, byDefault]) => ({
      resource,
      scopes: scopes(granted),
      defaultScopes: byDefault === null ? undefined : scopes(byDefault),
    })),
  )
  return {
    methods: remembered((text) => text.split(' ') as AuthenticationMethod[]),
    grants: (stored) => grants(JSON.stringify(stored)),
    names: (some) => names(JSON.stringify(some)),
  }
}

function remembered<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>()
  return (text) => {
    let made = known.get(text)
    if (made === undefined) {
      made = make(text)
      known.set(text, made)
    }
    return made
  }
}

function scopeSetOf(text: string): ScopeSet {
  if (text === '') return emptyScope
  const parsed = parseScope(text)
  invariant(parsed.ok, 'we store only well-formed scope sets')
  return parsed.value
}
