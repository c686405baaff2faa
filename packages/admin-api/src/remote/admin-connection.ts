/** Sends operations to an admin API and reads what it answers; bounded, and not trusted to be what it says. */
import { isRegistryViolation, type Registered } from '@mintmark/authorization-server'
import { readBoundedText, type Transport } from '@mintmark/runtime'
import { adminAnswerBytesMax } from '../limits.ts'
import { entityTag } from '../wire/entity-tag.ts'
import {
  adminBasePath,
  type Operation,
  type OperationAnswer,
  type OperationName,
  operations,
} from '../wire/operations.ts'

/** What a call is made of; names of parameters as in the path of the operation. */
export interface RemoteInput {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: object
  /** The versions that a change is for; `undefined`: any. */
  readonly ifVersion?: string | readonly string[] | undefined
}

/** A connection to one admin API. */
export interface AdminConnection {
  /** What the API answers, or the change that it refuses. Rejects with {@link AdminApiError}. */
  call<Name extends OperationName>(
    name: Name,
    input?: RemoteInput,
  ): Promise<Registered<OperationAnswer<Name>>>
  /** The same for what is looked up; `undefined` when there is nothing of that name. */
  find<Name extends OperationName>(
    name: Name,
    input?: RemoteInput,
  ): Promise<OperationAnswer<Name> | undefined>
}

/** How to reach an admin API. */
export interface AdminConnectionOptions {
  /** Origin of the admin port, such as `https://auth.example:9090`. */
  readonly url: string
  readonly transport: Transport
  /** An access token for the resource `urn:mintmark:admin`; asked for at each call. */
  readonly token: () => Promise<string>
}

/** The admin API cannot be used. Holds no text that it sent. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError'
  readonly code:
    | 'admin_unreachable'
    | 'admin_token_refused'
    | 'admin_scope_missing'
    | 'admin_unavailable'
    | 'admin_request_refused'
    | 'admin_answer_not_understood'
  readonly httpStatus: number | undefined

  constructor(code: AdminApiError['code'], httpStatus?: number) {
    super(explanations[code])
    this.code = code
    this.httpStatus = httpStatus
  }
}

const explanations: Readonly<Record<AdminApiError['code'], string>> = {
  admin_unreachable: 'the admin API cannot be reached; check its URL and that the server runs',
  admin_token_refused: 'the admin API does not accept the access token; get a new one for it',
  admin_scope_missing: 'the access token lacks the scope that this needs',
  admin_unavailable: 'the admin API cannot answer now; try again',
  admin_request_refused: 'the admin API refuses the request; its version may be another one',
  admin_answer_not_understood: 'what answers at this URL is not an admin API of this version',
}

/** Makes a connection; nothing is sent before the first call. */
export function connectAdmin(options: AdminConnectionOptions): AdminConnection {
  const send = (name: OperationName, input: RemoteInput) => exchange(options, name, input)
  return {
    async call(name, input = {}) {
      const { status, message } = await send(name, input)
      if (status < 300) return { ok: true, value: understood(name, message) }
      return refusedChange(status, message)
    },
    async find(name, input = {}) {
      const { status, message } = await send(name, input)
      if (status < 300) return understood(name, message)
      if (codeIn(message) === 'not_found') return undefined
      throw errorFor(status)
    },
  }
}

interface Exchanged {
  readonly status: number
  readonly message: unknown
}

async function exchange(
  { url, transport, token }: AdminConnectionOptions,
  name: OperationName,
  input: RemoteInput,
): Promise<Exchanged> {
  const { method }: Operation = operations[name]
  const headers = {
    authorization: `Bearer ${await token()}`,
    accept: 'application/json',
    ...(input.body !== undefined && { 'content-type': 'application/json' }),
    ...(input.ifVersion !== undefined && { 'if-match': tagsOf(input.ifVersion) }),
  }
  const body = input.body === undefined ? {} : { body: JSON.stringify(input.body) }
  let response: Response
  try {
    response = await transport(urlOf(url, operations[name], input), {
      ...{ method, headers, redirect: 'manual' },
      ...body,
    })
  } catch {
    throw new AdminApiError('admin_unreachable')
  }
  const read = await readBoundedText(response, adminAnswerBytesMax)
  const message = read.ok ? parsed(read.text) : undefined
  return { status: response.status, message }
}

function tagsOf(versions: string | readonly string[]): string {
  return [versions].flat().map(entityTag).join(', ')
}

function urlOf(origin: string, { path }: Operation, { params = {}, query = {} }: RemoteInput) {
  const filled = path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const url = new URL(adminBasePath + filled, origin)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function understood<Name extends OperationName>(
  name: Name,
  message: unknown,
): OperationAnswer<Name> {
  const { answer }: Operation = operations[name]
  const fitting = answer.safeParse(message)
  if (!fitting.success) throw new AdminApiError('admin_answer_not_understood')
  return fitting.data as OperationAnswer<Name>
}

/** A refused change is a value here as it is there: its code is one of ours, and its subject our own word. */
function refusedChange(status: number, message: unknown): Registered<never> {
  const code = codeIn(message)
  if (!isRegistryViolation(code)) throw errorFor(status)
  const { subject } = message as { readonly subject?: unknown }
  return { ok: false, violation: code, subject: typeof subject === 'string' ? subject : '' }
}

function codeIn(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'code' in message
    ? message.code
    : undefined
}

function errorFor(status: number): AdminApiError {
  if (status === 401) return new AdminApiError('admin_token_refused', status)
  if (status === 403) return new AdminApiError('admin_scope_missing', status)
  if (status === 503 || status === 429) return new AdminApiError('admin_unavailable', status)
  if (status >= 400 && status < 500 && status !== 404)
    return new AdminApiError('admin_request_refused', status)
  return new AdminApiError('admin_answer_not_understood', status)
}
