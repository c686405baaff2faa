/** `mintmark import`, `mintmark export` and `mintmark apply`: the whole registry at once. */
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { SecretReference } from '@mintmark/authorization-server'
import type { ClientSecret } from '@mintmark/protocol'
import { administrationSettings, withAdministration } from '../administration-session.ts'
import { readBoundedFile } from '../bounded-file.ts'
import { type Command, defineCommand } from '../command.ts'
import { failure, usageFailure } from '../command-failure.ts'
import { parseSecret, readSecret } from '../credentials.ts'
import { exitCode } from '../exit-code.ts'
import { describeFileError } from '../file-error.ts'
import { exchangedBytesMax } from '../limits.ts'
import { planDocument, planLines } from '../plan-description.ts'
import type { ProcessEdge } from '../process-edge.ts'

const OWNER_ONLY_FILE = 0o600

const importCommand = defineCommand({
  path: ['import'],
  summary: "take over another program's clients with their ids and secrets",
  argument: { name: 'file', description: 'its export; - for standard input', optional: false },
  settings: ['from', 'plan', 'defaultResource', ...administrationSettings],
  examples: [
    'mintmark import --from hydra clients.json --plan',
    'mintmark import --from keycloak realm-export.json --default-resource https://api.example',
    'mintmark import --from auth0 tenant.json',
    'mintmark import --from csv clients.csv --default-resource https://api.example --json',
  ],
  async run(invocation) {
    const { settings, edge, output, argument: file = '' } = invocation
    const source = settings.required('from')
    const { readExport } = await import('@mintmark/authorization-server')
    const defaultResource = settings.value('defaultResource')
    const imported = readExport(source, await readText(file, edge), { defaultResource })
    if (imported === undefined) {
      throw failure('export_malformed', `${file} is not an export of ${source}`)
    }
    const { resources, clients, skipped, notices } = imported
    // Whoever names the wrong program should not hear that there is nothing to do.
    if (resources.length + clients.length + skipped.length === 0) {
      throw failure('export_empty', `${file} has no clients as ${source} writes them; check --from`)
    }
    const options = { mode: 'merge', planOnly: settings.value('plan') } as const
    const plan = await withAdministration(
      invocation,
      async ({ declarations, changed }) => changed(await declarations.declare(imported, options)),
      { createsFolder: true },
    )
    await output.answer(
      [
        ...skipped.map(({ id, reason }) => `  skipped ${id}: ${reason}`),
        ...notices.map((line) => `! ${line}`),
        ...planLines(plan),
      ],
      { ...planDocument(plan), skipped, notices },
    )
    return exitCode.done
  },
})

const exportCommand = defineCommand({
  path: ['export'],
  summary: 'write the registry as a declaration for "mintmark apply", without secrets',
  settings: ['out', 'withSecrets', ...administrationSettings],
  examples: [
    'mintmark export > registry.json',
    'mintmark export --with-secrets --out /mnt/backups/registry.json',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const withSecrets = settings.value('withSecrets')
    const { writeDeclaration } = await import('@mintmark/authorization-server')
    const document = await withAdministration(invocation, async ({ declarations }) =>
      writeDeclaration(await declarations.exportRegistry({ withSecrets })),
    )
    const text = JSON.stringify(document, undefined, 2)
    const out = settings.value('out')
    if (out === undefined) {
      await output.answer(text.split('\n'), document)
      return exitCode.done
    }
    try {
      await writeFile(resolve(edge.workingFolder, out), `${text}\n`, { mode: OWNER_ONLY_FILE })
    } catch (error) {
      throw failure('file_unwritable', `${out} ${describeFileError(error).text}`)
    }
    await output.answer([`the registry is in ${out}`], { file: out })
    return exitCode.done
  },
})

const applyCommand = defineCommand({
  path: ['apply'],
  summary: 'make the registry as a document declares it, in one transaction',
  settings: ['file', 'plan', 'prune', ...administrationSettings],
  examples: [
    'mintmark apply --file registry.json --plan',
    'mintmark apply --file registry.json',
    'mintmark apply --file registry.json --prune --json',
  ],
  async run(invocation) {
    const { settings, edge, output } = invocation
    const file = settings.required('file')
    const { describeRegistryViolation, readDeclaration } = await import(
      '@mintmark/authorization-server'
    )
    const text = await readText(file, edge)
    const declared = await readDeclaration(text, (place) => secretAt(place, file, edge))
    if (!declared.ok) {
      const { violation, subject } = declared
      throw usageFailure(violation, `${file}: ${describeRegistryViolation(violation, subject)}`)
    }
    const [prune, planOnly] = [settings.value('prune'), settings.value('plan')]
    const options = { mode: 'replace', prune, planOnly } as const
    const plan = await withAdministration(
      invocation,
      async ({ declarations, changed }) =>
        changed(await declarations.declare(declared.value, options)),
      { createsFolder: true },
    )
    await output.answer(planLines(plan), planDocument(plan))
    return exitCode.done
  },
})

/** All three. */
export const exchangeCommands: readonly Command[] = [importCommand, exportCommand, applyCommand]

async function readText(file: string, edge: ProcessEdge): Promise<string> {
  const bytes =
    file === '-'
      ? await edge.readInput(exchangedBytesMax)
      : await readFileOf(resolve(edge.workingFolder, file), file)
  if (bytes === undefined) {
    throw failure('file_too_large', `${file} is longer than ${exchangedBytesMax} bytes`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw failure('file_malformed', `${file} is not text`)
  }
}

async function readFileOf(path: string, shown: string): Promise<Uint8Array | undefined> {
  try {
    return await readBoundedFile(path, exchangedBytesMax)
  } catch (error) {
    throw failure('file_unreadable', `${shown} ${describeFileError(error).text}`)
  }
}

/** A path in a declaration starts from where the declaration is. */
async function secretAt(
  reference: SecretReference,
  file: string,
  edge: ProcessEdge,
): Promise<ClientSecret> {
  if (reference.kind === 'file') {
    const folder = file === '-' ? edge.workingFolder : dirname(resolve(edge.workingFolder, file))
    return await readSecret(resolve(folder, reference.path), edge)
  }
  const text = edge.environment.get(reference.variable)
  if (text === undefined) {
    throw usageFailure(
      'secret_variable_missing',
      'a secret is declared to be in a variable that is not set, or whose name does not start with MINTMARK_',
    )
  }
  return await parseSecret(text, 'the variable of a declared secret')
}
