/**
 * Signers that an operator brings along as modules (`--signer`): the default export of each is a signer, a list of
 * them, or a function that makes either. Their code runs in this process, with all that it may do.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExternalSigner } from '@mintmark/authorization-server'
import type { Invocation } from './command.ts'
import { failure } from './command-failure.ts'

/** The signers of all modules, and how to let go of them. */
export interface OpenSigners {
  readonly signers: readonly ExternalSigner[]
  /** Closes those that can be closed. */
  close(): Promise<void>
}

/**
 * Loads the modules and lets each make its signers. What a signer must be is for the server to say.
 *
 * @throws CommandFailure `signer_unusable` for a module that cannot be loaded, that fails, or that has something else.
 *   Nothing of its error is told but the code: it may hold anything.
 */
export async function openSigners({ settings, edge }: Invocation<'signer'>): Promise<OpenSigners> {
  const modules = settings.value('signer')
  const signers: ClosableSigner[] = []
  const close = async (): Promise<void> => {
    for (const signer of signers) await signer.close?.()
  }
  try {
    for (const path of modules) {
      signers.push(...(await signersOf(path, resolve(edge.workingFolder, path))))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { signers, close }
}

interface ClosableSigner extends ExternalSigner {
  readonly close?: () => unknown
}

async function signersOf(name: string, file: string): Promise<readonly ExternalSigner[]> {
  let exported: unknown
  try {
    const loaded: { readonly default?: unknown } = await import(pathToFileURL(file).href)
    exported = typeof loaded.default === 'function' ? await loaded.default() : loaded.default
  } catch (error) {
    const code = Object(error).code
    const told = typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? ` (${code})` : ''
    throw failure(
      'signer_unusable',
      `the module ${name} of --signer fails when it is loaded${told}`,
    )
  }
  const signers = [exported].flat()
  if (signers.every((one) => typeof one === 'object' && one !== null)) {
    return signers as readonly ExternalSigner[]
  }
  throw failure('signer_unusable', `the default export of ${name} must be a signer, or make one`)
}
