/**
 * What a request presents to prove who sends it, and the one method that it uses (RFC 6749 section 2.3).
 *
 * Invariants
 *  (1) At most one method is presented. Two are `invalid_request`, decided before any credential is looked at.
 *  (2) A request that presents nothing but a client id can only mean the certificate of its connection.
 */
import {
  type BasicCredentials,
  type ClientSecret,
  type Parameters,
  parseBasicReadings,
  type Redacted,
  readBodyCredentials,
  redact,
} from '@mintmark/protocol'
import { type EndpointRequest, severalHeaders } from '../http/endpoint.ts'
import type { RefusalReason } from '../refusal.ts'

/** The text of a client assertion. */
export type AssertionText = Redacted<'client assertion'>

/** The credentials of one request, wherever it carries them. */
export interface PresentedCredentials {
  readonly authorization: string | undefined | typeof severalHeaders
  readonly bodyClientId: string | undefined
  readonly bodyClientSecret: ClientSecret | undefined
  /** RFC 7521 section 4.2. */
  readonly assertion: AssertionText | undefined
  readonly assertionType: string | undefined
}

/** The credentials that count. */
export type ChosenCredentials =
  | {
      readonly kind: 'secret'
      readonly method: 'client_secret_basic' | 'client_secret_post'
      /** At least one, in the order in which they are tried. */
      readonly readings: readonly BasicCredentials[]
    }
  | {
      readonly kind: 'assertion'
      readonly assertion: AssertionText
      readonly assertionType: string
      readonly bodyClientId: string | undefined
    }
  | { readonly kind: 'certificate'; readonly clientId: string }

/** The credentials that count, or why none do. */
export type Choice =
  | { readonly ok: true; readonly chosen: ChosenCredentials }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Gathers what a request presents, and judges nothing. */
export function presentedCredentials(
  { authorization }: EndpointRequest,
  parameters: Parameters,
): PresentedCredentials {
  const { clientId, clientSecret } = readBodyCredentials(parameters)
  const assertion = parameters.one('client_assertion')
  return {
    authorization,
    bodyClientId: clientId,
    bodyClientSecret: clientSecret,
    assertion: assertion === undefined ? undefined : redact('client assertion', assertion),
    assertionType: parameters.one('client_assertion_type'),
  }
}

/**
 * The client id that a request names, as far as one is written there: not that of an assertion, which is inside. Any
 * spelling of Basic credentials names the client that form decoding gives (RFC 6749 section 2.3.1).
 */
export function namedClientId(presented: PresentedCredentials): string | undefined {
  if (presented.bodyClientId !== undefined) return presented.bodyClientId
  const choice = chooseCredentials(presented)
  return choice.ok && choice.chosen.kind === 'secret'
    ? choice.chosen.readings[0]?.clientId
    : undefined
}

/** Finds the one method that a request uses. Does not look whether anything is right. */
export function chooseCredentials(presented: PresentedCredentials): Choice {
  const { authorization, bodyClientId, bodyClientSecret, assertion, assertionType } = presented
  if (authorization === severalHeaders) return notChosen('several_authorization_headers')
  const asserts = assertion !== undefined || assertionType !== undefined
  if (moreThanOne(authorization !== undefined, bodyClientSecret !== undefined, asserts)) {
    return notChosen('several_authentication_methods')
  }
  if (authorization !== undefined) return basicCredentials(authorization, bodyClientId)
  if (asserts) {
    if (assertion === undefined || assertionType === undefined) {
      return notChosen('credentials_malformed')
    }
    return { ok: true, chosen: { kind: 'assertion', assertion, assertionType, bodyClientId } }
  }
  if (bodyClientId === undefined) return notChosen('credentials_missing')
  if (bodyClientSecret === undefined) {
    return { ok: true, chosen: { kind: 'certificate', clientId: bodyClientId } }
  }
  const readings = [{ clientId: bodyClientId, clientSecret: bodyClientSecret }]
  return { ok: true, chosen: { kind: 'secret', method: 'client_secret_post', readings } }
}

function moreThanOne(first: boolean, second: boolean, third: boolean): boolean {
  return first ? second || third : second && third
}

function basicCredentials(authorization: string, bodyClientId: string | undefined): Choice {
  const basic = parseBasicReadings(authorization)
  if (!basic.ok) return notChosen('credentials_malformed')
  const readings =
    bodyClientId === undefined
      ? basic.value
      : basic.value.filter(({ clientId }) => clientId === bodyClientId)
  if (readings.length === 0) return notChosen('client_ids_differ')
  return { ok: true, chosen: { kind: 'secret', method: 'client_secret_basic', readings } }
}

function notChosen(reason: RefusalReason): Choice {
  return { ok: false, reason }
}
