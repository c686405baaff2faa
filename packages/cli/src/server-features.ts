/** What the settings say about keys, certificates and registration, as options of the server. */
import type { AuthorizationServerOptions, ExternalSigner } from '@mintmark/authorization-server'
import { certificateField, certificateFieldSettings } from './certificate-field.ts'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'

/** The settings that say it; `--signer` is read by `external-signers.ts`. */
export const featureSettings = [
  ...(['keyRotation', 'signer', 'mtlsOrigin', 'tlsClientCa'] as const),
  ...certificateFieldSettings,
  ...(['secretEnvironment', 'registration', 'registrationGrant'] as const),
] as const

type FeatureInvocation = Invocation<(typeof featureSettings)[number] | 'trustedProxy'>

/** The options. Throws CommandFailure (usage) for settings that do not go together. */
export function featuresOf(
  invocation: FeatureInvocation,
): Pick<
  AuthorizationServerOptions,
  'secretEnvironment' | 'registration' | 'keyRotation' | 'clientCertificate' | 'mutualTlsOrigin'
> {
  return {
    ...registrationOf(invocation),
    ...rotationOf(invocation),
    ...certificatesOf(invocation),
    ...mutualTlsOriginOf(invocation),
  }
}

/** What secrets are for, and whether clients register themselves. */
function registrationOf({
  settings,
}: FeatureInvocation): Pick<AuthorizationServerOptions, 'secretEnvironment' | 'registration'> {
  const secretEnvironment = settings.value('secretEnvironment')
  const [access, grants] = [settings.value('registration'), settings.value('registrationGrant')]
  if (access !== undefined) return { secretEnvironment, registration: { access, grants } }
  if (grants.length === 0) return { secretEnvironment }
  throw usageFailure('setting_missing', '--registration-grant says nothing without --registration')
}

const DAY_SECONDS = 86_400

function rotationOf({
  settings,
}: FeatureInvocation): Pick<AuthorizationServerOptions, 'keyRotation'> {
  const rotation = settings.value('keyRotation')
  if (rotation === undefined) return {}
  if (rotation === 'manual') return { keyRotation: rotation }
  const everySeconds = rotation.every * DAY_SECONDS
  return {
    keyRotation: { everySeconds, publishAheadSeconds: rotation.publishAhead * DAY_SECONDS },
  }
}

/** A header is believed from proxies alone; whoever else connects may still show a certificate of its own. */
function certificatesOf(
  invocation: FeatureInvocation,
): Pick<AuthorizationServerOptions, 'clientCertificate'> {
  const clientCertificate = certificateField(invocation)
  if (clientCertificate !== undefined) return { clientCertificate }
  const asks = invocation.settings.value('tlsClientCa') !== undefined
  return asks ? { clientCertificate: 'connection' } : {}
}

function mutualTlsOriginOf({
  settings,
}: FeatureInvocation): Pick<AuthorizationServerOptions, 'mutualTlsOrigin'> {
  const given = settings.value('mtlsOrigin')
  if (given === undefined) return {}
  const { origin, pathname, search } = new URL(given)
  if (pathname === '/' && search === '') return { mutualTlsOrigin: origin }
  throw usageFailure('setting_malformed', '--mtls-origin must be an origin: no path, no query')
}

/** Options that the server refuses by name, in the words of the command line. */
const flags: readonly (readonly [option: string, flag: string])[] = [
  ['mutualTlsOrigin', '--mtls-origin'],
  ['clientCertificate', '--certificate-header'],
  ['keyRotation', '--key-rotation'],
  ['signers', '--signer'],
]

/** What stands for the TypeError of an option that one of these settings gave: its flag, and what the server says. */
export function refusedFeature(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error
  const { message } = error
  const named = flags.find(([option]) => message.startsWith(`option "${option}"`))
  if (named === undefined) return error
  const [option, flag] = named
  const said = message.slice(`option "${option}"`.length).replace(/^:/, '')
  return usageFailure('setting_malformed', `${flag}:${said}`)
}

/** Signers as an option; without any it is left out. */
export function signersOption(
  signers: readonly ExternalSigner[],
): Pick<AuthorizationServerOptions, 'signers'> {
  return signers.length === 0 ? {} : { signers }
}
