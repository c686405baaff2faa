/**
 * A body that was read before we were asked: by a body parser of the framework that this server is mounted in, which
 * left what it made of it in `request.body`.
 *
 * Octets and text are as good as the original. An object is written down again and then judged like any body, so that
 * nothing gets in that way that would not get in otherwise; but what the parser forgave or dropped is not seen any
 * more: a JSON member that came twice, or a broken percent triplet.
 */
import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { RequestBody } from './endpoint.ts'

/** What a body parser has left; a refusal when it has left nothing. `judge` looks at the octets as at any body. */
export function consumedBody(
  request: IncomingMessage,
  judge: (bytes: Buffer) => RequestBody,
): RequestBody {
  const { body } = request as IncomingMessage & { readonly body?: unknown }
  if (typeof body === 'string') return judge(Buffer.from(body, 'utf8'))
  if (body instanceof Uint8Array)
    return judge(Buffer.from(body.buffer, body.byteOffset, body.length))
  if (typeof body !== 'object' || body === null)
    return { ok: false, violation: 'body_already_read' }
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(
    request.headers['content-type'] ?? '',
  )
  const text = isForm ? formOf(body) : jsonOf(body)
  return text === undefined ? malformed : judge(Buffer.from(text, 'utf8'))
}

const malformed: RequestBody = { ok: false, violation: 'body_malformed' }

/** As a form again; `undefined` for what no form says, such as the objects that some parsers make of brackets. */
function formOf(body: object): string | undefined {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each !== 'string') return undefined
      form.append(name, each)
    }
  }
  return form.toString()
}

/** As JSON again; `undefined` for what no JSON says. */
function jsonOf(body: object): string | undefined {
  try {
    return JSON.stringify(body)
  } catch {
    return undefined
  }
}
