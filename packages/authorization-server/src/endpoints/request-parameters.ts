/** From an endpoint's request to its parameters: method, media type, body, in the order in which they are refused. */
import { type Parameters, parametersFromForm, parametersFromJson } from '@mintmark/protocol'
import type { EndpointRequest } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'

/** The parameters of a request, or why it has none that can be used. */
export type ReadParameters =
  | { readonly ok: true; readonly parameters: Parameters }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Reads the parameters of a POST request from its form or JSON body (RFC 6749 section 3.2). */
export function readParameters(request: EndpointRequest): ReadParameters {
  if (request.method !== 'POST') return refused('method_not_allowed')
  const parse = parserFor(request.contentType)
  if (parse === undefined) return refused('media_type_not_supported')
  if (!request.body.ok) return refused(request.body.violation)
  const parameters = parse(request.body.text)
  if (parameters.ok) return { ok: true, parameters: parameters.value }
  return refused(
    parameters.violation === 'repeated_parameter' ? 'parameter_repeated' : 'body_malformed',
  )
}

/** The media types of a body. */
export const FORM_TYPE = 'application/x-www-form-urlencoded'
export const JSON_TYPE = 'application/json'

/** What stands before the parameters (RFC 9110 section 8.3.1). */
const MEDIA_TYPE = /^([^\s;]+)[ \t]*(?:;|$)/

/** Media types are compared without regard to case; parameters such as `charset` say nothing new about either. */
function parserFor(contentType: string | undefined): typeof parametersFromForm | undefined {
  if (contentType === FORM_TYPE) return parametersFromForm
  const mediaType = MEDIA_TYPE.exec(contentType ?? '')?.[1]?.toLowerCase()
  if (mediaType === FORM_TYPE) return parametersFromForm
  return mediaType === JSON_TYPE ? parametersFromJson : undefined
}

function refused(reason: RefusalReason): ReadParameters {
  return { ok: false, reason }
}
