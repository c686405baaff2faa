/**
 * A declared registry from its JSON document. Strict: a member that is not known is refused by its place, because a
 * misspelled restriction must not count as none. What the values mean is checked when the registry is planned.
 */
import { type ClientSecret, parseJsonObject, redact } from '@mintmark/protocol'
import { declarationDepthMax, declarationLengthMax } from '../limits.ts'
import type { ClientDraft } from '../registry/client-draft.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import type { ResourceDraft } from '../registry/resource-draft.ts'
import type { DeclaredClient, DeclaredRegistry, DeclaredSecret } from './declared-registry.ts'
import { camelCase, withMemberNames } from './member-names.ts'
import { DECLARATION_VERSION } from './write-declaration.ts'

/** Where a document says that a secret is: never in the document itself. */
export type SecretReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly variable: string }

/** What a document may hold. */
export interface DeclarationReading {
  /** Whether secrets may stand in it as they are: a message may have what a file must not. Default `false`. */
  readonly secretsInPlain?: boolean
}

/** Gets a secret from where a document says that it is; `undefined`: that is no place. Its exceptions pass through. */
export type SecretLookUp = (reference: SecretReference) => Promise<ClientSecret | undefined>

/** Reads a document, and gets the secrets that it refers to. */
export async function readDeclaration(
  text: string,
  lookUp: SecretLookUp,
  { secretsInPlain = false }: DeclarationReading = {},
): Promise<Registered<DeclaredRegistry>> {
  const secretReader: SecretReader = { lookUp, secretsInPlain }
  const limits = { depthMax: declarationDepthMax, lengthMax: declarationLengthMax }
  const parsed = parseJsonObject(text, limits)
  if (!parsed.ok) return malformed('the document')
  const { mintmark_registry: version, resources = [], clients = [], ...others } = parsed.value
  if (version !== DECLARATION_VERSION) return malformed('mintmark_registry')
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return malformed(unknown)
  const read = { resources: listed(resources, 'resources'), clients: listed(clients, 'clients') }
  if (!read.resources.ok) return read.resources
  if (!read.clients.ok) return read.clients
  const resourceDrafts: ResourceDraft[] = []
  for (const [at, one] of read.resources.value.entries()) {
    const draft = membersAs<ResourceDraft>(one, resourceShape, `resources[${at}]`)
    if (!draft.ok) return draft
    resourceDrafts.push(draft.value)
  }
  const declaredClients: DeclaredClient[] = []
  for (const [at, one] of read.clients.value.entries()) {
    const client = await readClient(one, `clients[${at}]`, secretReader)
    if (!client.ok) return client
    declaredClients.push(client.value)
  }
  return registered({ resources: resourceDrafts, clients: declaredClients })
}

interface SecretReader extends Required<DeclarationReading> {
  readonly lookUp: SecretLookUp
}

async function readClient(
  value: object,
  place: string,
  reader: SecretReader,
): Promise<Registered<DeclaredClient>> {
  const { secrets, ...members } = value as { readonly secrets?: unknown }
  const draft = membersAs<ClientDraft>(members, clientShape, place)
  if (!draft.ok) return draft
  if (draft.value.grants?.some((one) => !isGrant(one))) return malformed(`${place}.grants`)
  if (secrets === undefined) return draft
  const list = listed(secrets, `${place}.secrets`)
  if (!list.ok) return list
  const read: DeclaredSecret[] = []
  for (const [at, one] of list.value.entries()) {
    const secret = await readSecret(one, `${place}.secrets[${at}]`, reader)
    if (!secret.ok) return secret
    read.push(secret.value)
  }
  return registered({ ...draft.value, secrets: read })
}

async function readSecret(
  value: object,
  place: string,
  { lookUp, secretsInPlain }: SecretReader,
): Promise<Registered<DeclaredSecret>> {
  const members = membersAs<SecretMembers>(value, secretShape, place)
  if (!members.ok) return members
  const { id, label, expiresAt, file, environment, hash, sealed, clientSecret } = members.value
  if (clientSecret !== undefined && !secretsInPlain) return malformed(`${place}.client_secret`)
  const sources = [file, environment, hash, sealed, clientSecret].filter((one) => one !== undefined)
  if (sources.length !== 1 || (sealed === undefined) !== (id === undefined)) return malformed(place)
  const reference = referenceIn(members.value)
  const found = reference === undefined ? undefined : await lookUp(reference)
  const secret = clientSecret === undefined ? found : redact('client secret', clientSecret)
  const declared = (value: DeclaredSecret['value']) => registered({ label, expiresAt, value })
  if (secret !== undefined) return declared({ kind: 'plain', secret })
  if (hash !== undefined) return declared({ kind: 'hash', hash })
  return sealed === undefined || id === undefined
    ? malformed(place)
    : declared({ kind: 'exported', secretId: id, sealed })
}

function referenceIn({ file, environment }: SecretMembers): SecretReference | undefined {
  if (file !== undefined) return { kind: 'file', path: file }
  return environment === undefined ? undefined : { kind: 'environment', variable: environment }
}

interface SecretMembers {
  readonly id?: string
  readonly label?: string
  readonly expiresAt?: string
  readonly file?: string
  readonly environment?: string
  readonly hash?: string
  readonly sealed?: string
  readonly clientSecret?: string
}

type MemberKind = 'text' | 'number' | 'boolean' | 'texts' | 'objects' | 'object'

/** The members that a kind of object may have; those with `!` it must have. */
type Shape = Readonly<Record<string, MemberKind | `${MemberKind}!`>>

const resourceShape: Shape = {
  id: 'text!',
  scope: 'text!',
  lifetimeSeconds: 'number',
  tokenFormat: 'text',
  algorithm: 'text',
  settings: 'object',
}

const clientShape: Shape = {
  id: 'text!',
  scope: 'text',
  resources: 'texts',
  defaultScope: 'text',
  grants: 'objects',
  authenticationMethods: 'texts',
  servesResources: 'texts',
  disabled: 'boolean',
  settings: 'object',
}

const secretShape: Shape = {
  id: 'text',
  label: 'text',
  expiresAt: 'text',
  file: 'text',
  environment: 'text',
  hash: 'text',
  sealed: 'text',
  clientSecret: 'text',
}

const grantShape: Shape = { resource: 'text!', scope: 'text!', defaultScope: 'text' }

function isGrant(value: object): boolean {
  return membersAs(value, grantShape, '').ok
}

/** `value` as what `shape` describes: its members are known, and of the right kind. */
function membersAs<Wanted>(value: object, shape: Shape, place: string): Registered<Wanted> {
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(shape, name)) return malformed(`${place}.${name}`)
    if (!isOfKind(member, shape[name]?.replace('!', '') as MemberKind)) {
      return malformed(`${place}.${name}`)
    }
  }
  const missing = Object.keys(shape).find(
    (name) => shape[name]?.endsWith('!') && !Object.hasOwn(value, name),
  )
  return missing === undefined ? registered(value as Wanted) : malformed(`${place}.${missing}`)
}

function isOfKind(value: unknown, kind: MemberKind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'number':
    case 'boolean':
      return typeof value === kind
    case 'object':
      return isObject(value)
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
    case 'objects':
      return Array.isArray(value) && value.every(isObject)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list of objects, with the names of their members as they are called inside. */
function listed(value: unknown, place: string): Registered<readonly object[]> {
  if (!Array.isArray(value) || !value.every(isObject)) return malformed(place)
  return registered(value.map((one) => withMemberNames(one, camelCase) as object))
}

function malformed(place: string): Registered<never> {
  return notRegistered('document_malformed', place.slice(0, 120))
}
