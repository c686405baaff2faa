/** The field in which proxies that end TLS pass certificates on, as `mintmark serve` and `mintmark guard` are told. */
import type { ClientCertificateOptions } from '@mintmark/authorization-server'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'

/** The settings that say it; `trustedProxy` belongs to the listeners. */
export const certificateFieldSettings = ['certificateHeader', 'certificateEncoding'] as const

type FieldInvocation = Invocation<(typeof certificateFieldSettings)[number] | 'trustedProxy'>

/**
 * What the settings say of it; `undefined` if nothing. Does not judge its name, nor which proxies are trusted.
 *
 * @throws CommandFailure `setting_missing` (usage) for a form without a field, and for a field that nobody is
 *   trusted to write.
 */
export function certificateField({
  settings,
}: FieldInvocation): ClientCertificateOptions | undefined {
  const header = settings.value('certificateHeader')
  const encoding = settings.value('certificateEncoding')
  if (header === undefined) {
    if (encoding === undefined) return undefined
    throw usageFailure('setting_missing', '--certificate-encoding needs --certificate-header')
  }
  if (settings.value('trustedProxy').length === 0) {
    throw usageFailure('setting_missing', '--certificate-header needs --trusted-proxy')
  }
  return { header, ...(encoding && { encoding }) }
}
