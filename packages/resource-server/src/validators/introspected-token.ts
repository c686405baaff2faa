/**
 * The entry point `@mintmark/resource-server/introspection`: how a guard judges tokens that only their issuer can read
 * (RFC 7662). The one place where a resource server is itself a client, so the one that imports the client.
 */
import {
  type ClientAuthentication,
  clientSecretBasic,
  type SecretSource,
  TokenAcquisitionError,
  type TokenClient,
} from '@mintmark/client'
import { type FormPair, serialiseForm } from '@mintmark/protocol'
import { discardBody } from '@mintmark/runtime'
import { connect, type Introspection, type IntrospectionWorld } from '../introspection.ts'
import { IssuerEndpoint } from '../issuer-endpoint.ts'
import { authenticationsMax, clientIdLengthMax } from '../limits.ts'
import { booleanValue, checkNames, confidentialUrl, headerText } from '../option-value.ts'
import type { IssuerTrust } from '../token-verdict.ts'
import { CredentialUnavailable, type IntrospectionCaller } from './introspection-answer.ts'
import { type IntrospectionRules, resolveRules } from './introspection-options.ts'
import { TokenIntrospector } from './introspector.ts'
import { type SignedAnswers, signedAnswers } from './signed-answer.ts'

export type { Introspection } from '../introspection.ts'
export type { IntrospectionFailure } from './introspection-failure.ts'
export type { IntrospectionRules } from './introspection-options.ts'

/**
 * The options of {@link introspection}. The guard asks as a client, or with an access token: exactly one of the two.
 */
export interface IntrospectionOptions extends IntrospectionRules {
  /** Whom to ask: one of the issuers that the guard trusts. Default: the one there is. */
  readonly issuer?: string
  /** Where to ask. Default: the `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string
  /** Who the guard is to the issuer: needed with a secret or another authentication, and for `signed`. */
  readonly clientId?: string
  /** Its client secret, or a function that gives it afresh for each question. Sent as `client_secret_basic`. */
  readonly clientSecret?: SecretSource
  /**
   * Another method: what `privateKeyJwt` of `@mintmark/client` or a sibling of it gives. A list of up to 4 is tried in
   * turn where the issuer refuses one, and the one that works comes first from then on.
   */
  readonly clientAuthentication?: ClientAuthentication | readonly ClientAuthentication[]
  /** Asks with an access token that this client gets; it has to allow the endpoint's origin. */
  readonly client?: Pick<TokenClient, 'fetch'>
  /**
   * Asks for answers that are signed for `clientId`, or for an audience of the guard, and takes no others (RFC 9701).
   * Default `false`.
   */
  readonly signed?: boolean
}

const KNOWN_OPTIONS: Readonly<Record<keyof IntrospectionOptions, true>> = {
  ...{ issuer: true, endpoint: true, clientId: true, clientSecret: true, client: true },
  ...{ clientAuthentication: true, signed: true, introspect: true, cacheSecondsMax: true },
  ...{ inactiveSeconds: true, concurrentMax: true, deadlineMs: true, acceptMissingAudience: true },
}

/**
 * Makes what `createGuard` takes as `introspection`. Sends nothing before the first token that has to be asked about.
 *
 * Throws `TypeError` for an unknown, missing or malformed option, and `RangeError` for a number out of range or a
 * client id that the method cannot express; without naming a secret.
 */
export function introspection(options: IntrospectionOptions): Introspection {
  checkNames(options, KNOWN_OPTIONS, 'introspection: ')
  const rules = resolveRules(options)
  const callerIn = callerOf(options)
  const { endpoint, issuer } = options
  const configured =
    endpoint === undefined ? undefined : confidentialUrl('introspection.endpoint', endpoint)
  const signer = booleanValue('introspection.signed', options.signed ?? false)
    ? clientIdOf(options)
    : undefined
  return Object.freeze({
    [connect]: (world: IntrospectionWorld) => {
      const trust = trustIn(world, issuer)
      const { transport, observer } = world
      return new TokenIntrospector({
        ...{ world, trust, options: rules },
        endpoint: new IssuerEndpoint({
          issuer: trust.issuer,
          ...{ configured, named: 'introspectionEndpoint', transport, observer },
        }),
        exchange: {
          call: callerIn(world, trust.issuer),
          signed: signer === undefined ? undefined : signedFor(signer, world, trust),
          nowWallMs: () => world.rules.clock.wallMs(),
        },
      })
    },
  })
}

function trustIn({ rules }: IntrospectionWorld, issuer: string | undefined): IssuerTrust {
  const [first, ...others] = rules.issuers.values()
  const trust =
    issuer === undefined && others.length === 0 ? first : rules.issuers.get(issuer ?? '')
  if (trust !== undefined) return trust
  throw new TypeError('introspection.issuer: expected one of the issuers that the guard trusts')
}

function signedFor(
  clientId: string,
  { rules }: IntrospectionWorld,
  { keys, expected }: IssuerTrust,
): SignedAnswers {
  const { algorithms, engine } = rules
  const { issuer, audiences, clockToleranceSeconds } = expected
  const names = [clientId, ...audiences]
  return signedAnswers({ issuer, names, keys, algorithms, engine, clockToleranceSeconds })
}

type CallerIn = (world: IntrospectionWorld, issuer: string) => IntrospectionCaller

function callerOf(options: IntrospectionOptions): CallerIn {
  const { client, clientSecret, clientAuthentication } = options
  const given = [client, clientSecret, clientAuthentication].filter((one) => one !== undefined)
  if (given.length !== 1) {
    throw new TypeError(
      'introspection: expected one of client, clientSecret and clientAuthentication',
    )
  }
  if (client !== undefined) {
    const caller = callerWithToken(client)
    return () => caller
  }
  const clientId = clientIdOf(options)
  const authentications =
    clientSecret === undefined
      ? checkedList(clientAuthentication, clientId)
      : checkedList(clientSecretBasic(clientSecret), clientId)
  return (world, issuer) => callerAsClient(clientId, authentications, world, issuer)
}

function clientIdOf({ clientId }: IntrospectionOptions): string {
  return headerText('introspection.clientId', clientId, clientIdLengthMax)
}

function checkedList(
  given: ClientAuthentication | readonly ClientAuthentication[] | undefined,
  clientId: string,
): readonly ClientAuthentication[] {
  const list: readonly unknown[] = Array.isArray(given) ? [...given] : [given]
  if (list.length > 0 && list.length <= authenticationsMax && list.every(isAuthentication)) {
    for (const one of list) one.checkClientId?.(clientId)
    return list
  }
  throw new TypeError(
    `introspection.clientAuthentication: expected 1 to ${authenticationsMax} methods of forms`,
  )
}

function isAuthentication(given: unknown): given is ClientAuthentication {
  const { read, bodyType } = (given ?? {}) as Partial<ClientAuthentication>
  return typeof read === 'function' && bodyType === 'form'
}

/** A token that is refused is renewed, and the question sent once more, by the client itself. */
function callerWithToken(client: Pick<TokenClient, 'fetch'>): IntrospectionCaller {
  if (typeof client?.fetch !== 'function') {
    throw new TypeError('introspection.client: expected a token client')
  }
  return async (url, form, init) => {
    try {
      return await client.fetch(url, { ...init, body: serialiseForm(form) })
    } catch (error) {
      throw error instanceof TokenAcquisitionError ? new CredentialUnavailable() : error
    }
  }
}

function callerAsClient(
  clientId: string,
  authentications: readonly ClientAuthentication[],
  { transport, random, rules }: IntrospectionWorld,
  issuer: string,
): IntrospectionCaller {
  let preferred = authentications
  return async (url, form, init) => {
    const inTurn = preferred
    for (const [at, authentication] of inTurn.entries()) {
      const nowWallMs = rules.clock.wallMs()
      const attempt = { clientId, audience: issuer, tokenEndpoint: url, nowWallMs, random }
      const { authorization, parameters } = await presented(authentication, attempt)
      const headers = new Headers(init.headers)
      if (authorization !== undefined) headers.set('authorization', authorization)
      const body = serialiseForm(withoutRepeats([...form, ...parameters]))
      const response = await transport(url, { ...init, headers, body })
      if (response.status !== 401 || at === inTurn.length - 1) {
        if (response.ok)
          preferred = [authentication, ...inTurn.filter((one) => one !== authentication)]
        return response
      }
      await discardBody(response)
    }
    throw new CredentialUnavailable()
  }
}

/** What goes wrong here may have the credential in its message. */
async function presented(
  authentication: ClientAuthentication,
  attempt: Parameters<Awaited<ReturnType<ClientAuthentication['read']>>['present']>[0],
) {
  try {
    return await (await authentication.read()).present(attempt)
  } catch {
    throw new CredentialUnavailable()
  }
}

function withoutRepeats(form: readonly FormPair[]): Iterable<FormPair> {
  return new Map(form)
}
