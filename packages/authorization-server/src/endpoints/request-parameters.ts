/** From an endpoint's request to its parameters: method, media type, body, in the order in which they are refused. */
import { parametersFromForm, parametersFromJson } from '@mintmark/protocol'
import type { EndpointRequest } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'
import { KnownBodies, PLAIN_FORM, PLAIN_JSON, type ReadBody } from './known-bodies.ts'

/** The parameters of a request, or why it has none that can be used. */
export type ReadParameters = ReadBody | { readonly ok: false; readonly reason: RefusalReason }

/** Reads the parameters of a POST request from its form or JSON body (RFC 6749 section 3.2). */
export function readParameters(request: EndpointRequest): ReadParameters {
  if (request.method !== 'POST') return refused('method_not_allowed')
  const bodies = bodiesOf(request.contentType)
  if (bodies === undefined) return refused('media_type_not_supported')
  if (!request.body.ok) return refused(request.body.violation)
  const read = bodies.read(request.body.text)
  if (read.ok) return read
  return refused(read.violation === 'repeated_parameter' ? 'parameter_repeated' : 'body_malformed')
}

/** The media types of a body. */
export const FORM_TYPE = 'application/x-www-form-urlencoded'
export const JSON_TYPE = 'application/json'

/** What stands before the parameters (RFC 9110 section 8.3.1). */
const MEDIA_TYPE = /^([^\s;]+)[ \t]*(?:;|$)/

/** Media types are compared without regard to case; parameters such as `charset` say nothing new about either. */
function bodiesOf(contentType: string | undefined): KnownBodies | undefined {
  if (contentType === FORM_TYPE) return forms
  if (contentType === JSON_TYPE) return documents
  const mediaType = MEDIA_TYPE.exec(contentType ?? '')?.[1]?.toLowerCase()
  if (mediaType === FORM_TYPE) return forms
  return mediaType === JSON_TYPE ? documents : undefined
}

const forms = new KnownBodies(parametersFromForm, PLAIN_FORM)
const documents = new KnownBodies(parametersFromJson, PLAIN_JSON)

function refused(reason: RefusalReason): ReadParameters {
  return { ok: false, reason }
}
