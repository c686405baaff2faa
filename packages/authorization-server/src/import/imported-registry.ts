/**
 * What was read from another program's export: resources and clients that keep their ids and secrets, and everything
 * that could not be taken over, each with its reason. Nothing is dropped silently.
 *
 * The other programs have no owners of scopes. Here every audience becomes a resource, which owns the scopes that any
 * of its clients may have; an audience that is not a URI gets one (`urn:imported:NAME`), and a notice says so, because
 * the `aud` of tokens changes with it.
 */

import { isResourceIndicator, parseScope } from '@mintmark/protocol'
import { importedHashText } from '../client-authentication/imported-secrets/imported-hash-spellings.ts'
import type {
  DeclaredClient,
  DeclaredRegistry,
  DeclaredSecret,
} from '../declaration/declared-registry.ts'
import { tokenLifetimeSecondsMax } from '../limits.ts'
import { checkClientDraft } from '../registry/client-draft.ts'
import type { ClientSettings } from '../registry/client-settings.ts'
import { describeRegistryViolation, type Registered } from '../registry/registry-violation.ts'
import type { Resource } from '../registry/resource.ts'
import { checkResourceDraft, type ResourceDraft } from '../registry/resource-draft.ts'

/** A client that was not taken over. */
export interface SkippedClient {
  readonly id: string
  readonly reason: string
}

/** What came of an export. */
export interface ImportedRegistry extends DeclaredRegistry {
  readonly skipped: readonly SkippedClient[]
  /** One line for each thing that is not exactly as it was. */
  readonly notices: readonly string[]
}

/** What an export does not say itself. */
export interface ImportOptions {
  /** The resource of clients for which the export names no audience; without one they are skipped. */
  readonly defaultResource: string | undefined
}

/** What a client of another program may do. */
export interface ImportedGrant {
  readonly audience: string
  readonly scopes: readonly string[]
  /** Those it gets when it names none; `undefined`: all. */
  readonly defaultScopes?: readonly string[] | undefined
}

/** A client as another program has it. */
export interface ImportedClient {
  readonly id: string
  readonly label: string | undefined
  readonly disabled: boolean
  readonly grants: readonly ImportedGrant[]
  readonly authenticationMethods: readonly string[]
  readonly secrets: readonly DeclaredSecret[]
  readonly settings: Partial<ClientSettings>
  /** How long its tokens live; `undefined`: not said. */
  readonly lifetimeSeconds: number | undefined
}

/** Collects what one export has. */
export class RegistryCollector {
  readonly #clients: ImportedClient[] = []
  readonly #resources = new Map<string, CollectedResource>()
  readonly #skipped: SkippedClient[] = []
  readonly #notices = new Set<string>()
  readonly #options: ImportOptions

  constructor(options: ImportOptions) {
    this.#options = options
  }

  /** The audience for clients of which none is said. */
  get defaultAudience(): string | undefined {
    return this.#options.defaultResource
  }

  skip(id: string, reason: string): undefined {
    this.#skipped.push({ id, reason })
  }

  notice(line: string): void {
    this.#notices.add(line)
  }

  /** Takes over a resource server, also when no client has a grant there. */
  resource(audience: string, more: CollectedResource): void {
    const known = this.#resources.get(audience)
    const scopes = [...new Set([...(known?.scopes ?? []), ...more.scopes])]
    this.#resources.set(audience, { ...known, ...more, scopes })
  }

  client(client: ImportedClient): void {
    for (const { audience, scopes } of client.grants) this.resource(audience, { scopes })
    this.#clients.push(client)
  }

  /** Everything that can be registered. What cannot is skipped with the registry's own words. */
  collected(): ImportedRegistry {
    const longest = this.#longestLifetimes()
    const resources: ResourceDraft[] = []
    const checked: Resource[] = []
    for (const [audience, collected] of this.#resources) {
      const draft = this.#resourceDraft(audience, collected, longest.get(audience))
      const result = checkResourceDraft(draft, '1970-01-01T00:00:00.000Z')
      if (result.ok) {
        resources.push(draft)
        checked.push(result.value)
      } else this.notice(`audience "${audience}" is left out: ${reasonOf(result)}`)
    }
    const clients: DeclaredClient[] = []
    const ids = new Set<string>()
    for (const client of this.#clients) {
      const declared = this.#declared(client, longest)
      const result = checkClientDraft(declared, checked)
      if (ids.has(client.id)) this.skip(client.id, 'the export has it twice; the first one counts')
      else if (result.ok) clients.push(declared)
      else this.skip(client.id, reasonOf(result))
      ids.add(client.id)
    }
    return { resources, clients, skipped: this.#skipped, notices: [...this.#notices] }
  }

  /** By audience, the longest that a token for it lived. */
  #longestLifetimes(): ReadonlyMap<string, number> {
    const longest = new Map<string, number>()
    for (const { grants, lifetimeSeconds } of this.#clients) {
      for (const { audience } of lifetimeSeconds === undefined ? [] : grants) {
        const seconds = Math.max(longest.get(audience) ?? 0, lifetimeSeconds ?? 0)
        longest.set(audience, Math.min(seconds, tokenLifetimeSecondsMax))
      }
    }
    return longest
  }

  #resourceDraft(
    audience: string,
    { scopes, label, lifetimeSeconds, algorithm }: CollectedResource,
    longest: number | undefined,
  ): ResourceDraft {
    const id = resourceId(audience)
    if (id !== audience) this.notice(`audience "${audience}" is not a URI; here it is ${id}`)
    if (scopes.length === 0) this.notice(`nobody has a scope at ${id}; it gets the scope "access"`)
    return {
      id,
      scope: (scopes.length === 0 ? ['access'] : scopes).join(' '),
      lifetimeSeconds: longest ?? lifetimeSeconds,
      algorithm,
      settings: { label },
    }
  }

  #declared(client: ImportedClient, longest: ReadonlyMap<string, number>): DeclaredClient {
    const { id, disabled, authenticationMethods, grants, settings, label, lifetimeSeconds } = client
    const isCapped = grants.some(
      ({ audience }) => (longest.get(audience) ?? 0) > (lifetimeSeconds ?? tokenLifetimeSecondsMax),
    )
    return {
      ...{ id, disabled, authenticationMethods },
      grants: grants.map(({ audience, scopes, defaultScopes }) => ({
        resource: resourceId(audience),
        scope: [...scopes].join(' '),
        defaultScope: defaultScopes?.join(' '),
      })),
      settings: {
        ...settings,
        label: label?.replace(/\s+/g, ' ').trim().slice(0, 200) || undefined,
        ...(isCapped && { lifetimeSecondsMax: lifetimeSeconds }),
        ...this.#defaultResource(client),
      },
      secrets: client.secrets.flatMap((secret) => this.#usable(secret, client)),
    }
  }

  /** Its requests name none, as long as it is as it was. */
  #defaultResource({ id, grants }: ImportedClient): Partial<ClientSettings> {
    const [first, second] = grants
    if (first === undefined || second === undefined) return {}
    const defaultResource = resourceId(first.audience)
    this.notice(`client ${id} has several audiences; where it names none, it is ${defaultResource}`)
    return { defaultResource }
  }

  #usable(secret: DeclaredSecret, { id }: ImportedClient): readonly DeclaredSecret[] {
    const { value } = secret
    if (value.kind !== 'hash' || importedHashText(value.hash).ok) return [secret]
    this.notice(
      `client ${id}: the hash of its secret is of no kind that is known; add a new secret`,
    )
    return []
  }
}

/** What is known of a resource server. */
export interface CollectedResource {
  readonly scopes: readonly string[]
  readonly label?: string | undefined
  readonly lifetimeSeconds?: number | undefined
  readonly algorithm?: string | undefined
}

function resourceId(audience: string): string {
  return isResourceIndicator(audience) ? audience : `urn:imported:${encodeURIComponent(audience)}`
}

function reasonOf(result: Extract<Registered<unknown>, { readonly ok: false }>): string {
  return describeRegistryViolation(result.violation, result.subject)
}

/** The scope tokens in `text` that our grammar knows; others are left out with a notice. */
export function scopeTokens(text: string, clientId: string, into: RegistryCollector): string[] {
  const tokens = text.split(/\s+/).filter((token) => token !== '')
  return tokens.filter((token) => {
    const isScope = parseScope(token).ok && token !== '*'
    if (!isScope) into.notice(`client ${clientId}: a scope cannot be kept, because it is not one`)
    return isScope
  })
}
