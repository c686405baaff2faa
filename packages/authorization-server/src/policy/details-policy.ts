/**
 * Which `authorization_details` a client is granted (RFC 9396 sections 3 and 5): all that it asks for, or none.
 *
 * Invariant: every granted object has a type that the client may ask for and that a resource of the audience
 * understands, has no member that this type does not have, and names no location beyond the audience.
 */
import { type AuthorizationDetail, commonDetailMembers } from '@mintmark/protocol'
import type { RegisteredClient } from '../registry/registry-snapshot.ts'
import type { Resource } from '../registry/resource.ts'

/** Tells whether `client` is granted all of `details` for a token for `audience`. */
export function grantsDetails(
  details: readonly AuthorizationDetail[],
  client: RegisteredClient,
  audience: readonly Resource[],
): boolean {
  return details.every(
    (detail) =>
      client.settings.authorizationDetailsTypes.includes(detail.type) &&
      isUnderstood(detail, audience),
  )
}

/** The objects of a token that concern `resources`: of their types, and not for another place. */
export function detailsAt(
  details: readonly AuthorizationDetail[],
  resources: readonly Resource[],
): readonly AuthorizationDetail[] {
  return details.filter((detail) => {
    const understanding = resources.filter((resource) => understands(resource, detail.type))
    const locations = locationsOf(detail)
    return locations.length === 0
      ? understanding.length > 0
      : understanding.some(({ id }) => locations.includes(id))
  })
}

/** Without locations it is for whichever resource understands it; with some, each of them has to. */
function isUnderstood(detail: AuthorizationDetail, audience: readonly Resource[]): boolean {
  const understanding = audience.filter(
    (resource) => understands(resource, detail.type) && hasMembersOf(detail, resource),
  )
  const locations = locationsOf(detail)
  return (
    understanding.length > 0 &&
    locations.every((location) => understanding.some(({ id }) => id === location))
  )
}

function understands({ settings }: Resource, type: string): boolean {
  return settings.authorizationDetailsTypes.includes(type)
}

function hasMembersOf(detail: AuthorizationDetail, { settings }: Resource): boolean {
  const { type } = detail
  const own = Object.hasOwn(settings.authorizationDetailsMembers, type)
    ? settings.authorizationDetailsMembers[type]
    : undefined
  const known = new Set<string>(['type', ...commonDetailMembers, ...(own ?? [])])
  return Object.keys(detail).every((name) => known.has(name))
}

function locationsOf({ locations }: AuthorizationDetail): readonly string[] {
  return Array.isArray(locations) ? locations.filter((one) => typeof one === 'string') : []
}
