/**
 * A decoded access token in words and as a JSON document. Pure. The signature itself is not part of
 * either: header and claims cannot be used to call anything, the whole token can.
 */
import type { UnverifiedToken } from '@mintmark/jwt'
import type { JsonObject, JsonValue } from '@mintmark/protocol'
import { distanceText, isoText } from './instant.ts'
import { pairs } from './output.ts'

/** How far the token can be believed. `reason` is a stable code of the guard. */
export type Verification =
  | { readonly status: 'not_checked' }
  | { readonly status: 'verified'; readonly audienceChecked: boolean }
  | { readonly status: 'refused'; readonly reason: string }

/** Everything that is shown about a token. */
export interface TokenDescription extends UnverifiedToken {
  readonly fingerprint: string
  readonly verification: Verification
}

/** Claims that are instants in seconds since 1970 (RFC 7519 section 4.1). */
const instantClaims = ['exp', 'nbf', 'iat'] as const

/** The description for a person; instants are told as dates and as distances from `nowSeconds`. */
export function tokenLines(token: TokenDescription, nowSeconds: number): string[] {
  return [
    ...verificationLines(token.verification),
    'header',
    ...memberLines(token.header, nowSeconds, []),
    'claims',
    ...memberLines(token.claims, nowSeconds, instantClaims),
    ...pairs([['fingerprint', token.fingerprint]]),
  ]
}

/** The description for a program: `times` has an entry for each instant among the claims. */
export function tokenDocument(token: TokenDescription, nowSeconds: number): object {
  const { header, claims, fingerprint, verification } = token
  const times = instantClaims.flatMap((name) => {
    const seconds = instantOf(claims, name)
    const at = seconds === undefined ? undefined : isoText(seconds)
    if (seconds === undefined || at === undefined) return []
    return [[name, { at, in_seconds: Math.trunc(seconds - nowSeconds) }]]
  })
  return {
    header,
    claims,
    times: Object.fromEntries(times),
    fingerprint,
    verification: verificationDocument(verification),
  }
}

function verificationLines(verification: Verification): string[] {
  switch (verification.status) {
    case 'not_checked':
      return ['signature not checked: anybody could have written this (--issuer URL checks it)']
    case 'refused':
      return [`refused: ${verification.reason}`]
    case 'verified':
      return [
        verification.audienceChecked
          ? 'verified: signature, issuer, audience and times'
          : 'verified: signature, issuer, times; audience not checked (--audience URL checks it)',
      ]
  }
}

function verificationDocument(verification: Verification): object {
  return verification.status === 'verified'
    ? { status: verification.status, audience_checked: verification.audienceChecked }
    : verification
}

function memberLines(object: JsonObject, nowSeconds: number, instants: readonly string[]) {
  return pairs(
    Object.entries(object).map(([name, value]) => {
      const seconds = instants.includes(name) ? instantOf(object, name) : undefined
      const at = seconds === undefined ? undefined : isoText(seconds)
      const words =
        seconds === undefined || at === undefined
          ? ''
          : `  ${at}, ${distanceText(seconds, nowSeconds)}`
      return [`  ${name}`, valueText(value) + words]
    }),
  )
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function instantOf(object: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  return typeof value === 'number' ? value : undefined
}
