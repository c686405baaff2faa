/** Values that occur in several messages, each with its bound. What they mean is checked behind the API. */
import { z } from 'zod'

/** An identifier of a client, a resource, a secret or a key. */
export const identifier = z.string().min(1).max(2_048)

/** Scope tokens with single spaces between them; may be empty where nothing is granted. */
export const scopeText = z.string().max(64 * 1_024)

/** The version of what is registered: its entity tag without the quotes. */
export const version = z.string().min(1).max(64)

/** ISO 8601 in UTC. */
export const instant = z.iso.datetime()

/** What a person calls something. */
export const labelText = z.string().max(200)

/** How long a token lives. */
export const lifetimeSeconds = z.int().min(1).max(604_800)

/** How many entries of a list are asked for. */
export const pageLimit = z.coerce.number().int().min(1).max(1_000)

/** A switch in a query. */
export const querySwitch = z.enum(['true', 'false'])

/** A token as text; whether it is one is found out later. */
export const tokenText = z.string().min(1).max(16_384)
