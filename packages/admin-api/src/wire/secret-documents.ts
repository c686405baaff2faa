/** Between what the registry knows of secrets and what stands on the wire. */
import type { AddedSecret, SecretDraft, SecretPatch } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import type { z } from 'zod'
import {
  answerMembers,
  membersWithNull,
  membersWithoutNull,
  requestMembers,
} from './member-names.ts'
import type {
  addedSecretMessage,
  secretDraftMessage,
  secretPatchMessage,
} from './secret-messages.ts'

type AddedSecretMessage = z.output<typeof addedSecretMessage>

/** A secret that was just added, for the one answer that has it. */
export function addedSecretAnswer({ secret, clientSecret }: AddedSecret): AddedSecretMessage {
  return {
    secret: answerMembers(secret) as AddedSecretMessage['secret'],
    client_secret: clientSecret.reveal(),
  }
}

/** A secret that was just added, out of that answer. */
export function addedSecretFrom({ secret, client_secret }: AddedSecretMessage): AddedSecret {
  return {
    secret: membersWithoutNull(secret) as AddedSecret['secret'],
    clientSecret: redact('client secret', client_secret),
  }
}

/** What is to be added, out of a request. */
export function secretDraftFrom(message: z.output<typeof secretDraftMessage>): SecretDraft {
  const { client_secret, ...others } = message
  return {
    ...(membersWithoutNull(others) as SecretDraft),
    ...(client_secret !== undefined && { clientSecret: redact('client secret', client_secret) }),
  }
}

/** The same for a request. */
export function secretDraftRequest({ clientSecret, ...draft }: SecretDraft): object {
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret.reveal() }
  return { ...(requestMembers(draft) as object), ...secret }
}

/** What is to be different about a secret, out of a request. */
export function secretPatchFrom(message: z.output<typeof secretPatchMessage>): SecretPatch {
  return membersWithNull(message) as SecretPatch
}
