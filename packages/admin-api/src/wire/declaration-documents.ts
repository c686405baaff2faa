/** Between declared registries and what stands of them on the wire. */
import {
  type DeclarationOptions,
  type DeclaredRegistry,
  declarationMessage,
  type Registered,
  readDeclaration,
  writeDeclaration,
} from '@mintmark/authorization-server'
import type { z } from 'zod'
import type {
  declarationMessage as declarationSchema,
  exportedMessage,
} from './declaration-messages.ts'

type DeclarationMessage = z.output<typeof declarationSchema>
type ExportedMessage = z.output<typeof exportedMessage>

/** A declaration for a request. */
export function declarationRequest(
  declared: DeclaredRegistry,
  { mode, prune = false, planOnly = false }: DeclarationOptions,
): object {
  return { mode, prune, plan_only: planOnly, declaration: declarationMessage(declared) }
}

/** How a declaration in a request is meant. */
export function declarationOptionsFrom(message: DeclarationMessage): DeclarationOptions {
  return { mode: message.mode, prune: message.prune, planOnly: message.plan_only }
}

/** A declaration out of a request or an answer. It can refer to no file and no variable: there are none here. */
export function declaredFrom(declaration: object): Promise<Registered<DeclaredRegistry>> {
  const nowhere = () => Promise.resolve(undefined)
  return readDeclaration(JSON.stringify(declaration), nowhere, { secretsInPlain: true })
}

/** A registry for the answer to an export. */
export function exportedAnswer(registry: DeclaredRegistry): ExportedMessage {
  return writeDeclaration(registry) as ExportedMessage
}
