/**
 * An assertion that somebody else signed (RFC 7523 section 3): the platform that a workload runs on,
 * such as Kubernetes or a cloud, vouches for it, and the client has no secret at all.
 */

import { decodeUnverified } from '@mintmark/jwt'
import { member, type Redacted } from '@mintmark/protocol'
import { functionValue } from '@mintmark/runtime'
import { credentialTextLengthMax } from '../limits.ts'
import { type ClientAuthentication, credentialIdentity } from './client-authentication.ts'
import { withAssertion } from './signed-assertion.ts'

/** A function that gives an assertion as compact JWT, such as `textFile(path)`. Called for each attempt. */
export type AssertionSource = () => string | Promise<string>

/**
 * Authenticates by an assertion from elsewhere, sent as it is.
 *
 * Throws `TypeError` when `source` is not a function: assertions expire, so one that is given as text
 * would work only for minutes. Does not look at signature, audience and expiry: the server does.
 */
export function clientAssertion(source: AssertionSource): ClientAuthentication {
  functionValue('clientAssertion', source)
  return Object.freeze({
    method: 'private_key_jwt',
    bodyType: 'form',
    isTimeBound: false,
    read: async () => {
      const assertion = assertionFrom(await source())
      return {
        identity: identityOf(assertion),
        present: ({ clientId }) => withAssertion(clientId, assertion),
      }
    },
  } satisfies ClientAuthentication)
}

function assertionFrom(text: unknown): string {
  const isUsable = typeof text === 'string' && text.length <= credentialTextLengthMax
  if (isUsable && PRINTABLE.test(text)) return text
  throw new TypeError('clientAssertion: expected a function that gives a compact JWT')
}

const PRINTABLE = /^[\x21-\x7e]+$/

const IDENTITY_SECONDS = 60

/**
 * Who vouches for whom, and the minute of the assertion. A new assertion in a file is another
 * credential, which is tried at once after the old one was refused; a source that makes one per
 * attempt must not get around the breaker by that.
 */
function identityOf(assertion: string): Redacted<'credential'> {
  const decoded = decodeUnverified(assertion)
  if (!decoded.ok) return credentialIdentity('client_assertion', assertion)
  const { claims } = decoded.value
  const madeAt = ['iat', 'nbf', 'exp'].map((name) => member(claims, name)).find(Number.isFinite)
  const minute = typeof madeAt === 'number' ? Math.floor(madeAt / IDENTITY_SECONDS) : undefined
  const parties = ['iss', 'sub', 'aud'].map((name) => member(claims, name))
  return credentialIdentity('client_assertion', JSON.stringify([...parties, minute]))
}
