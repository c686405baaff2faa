/** `mintmark call URL`: one API call with an access token, the way a service would make it. */
import { resolve } from 'node:path'
import { readBoundedFile } from '../bounded-file.ts'
import { credentialSettings, withTokenClient } from '../client-session.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { type CommandFailure, failure, usageFailure } from '../command-failure.ts'
import { exitCode } from '../exit-code.ts'
import { describeFileError, systemCode } from '../file-error.ts'
import { requestBodyBytesMax, responseBodyBytesMax } from '../limits.ts'
import { printable } from '../printable.ts'
import { requireConfidential } from '../server-address.ts'
import { url } from '../setting-kind.ts'

const names = [...credentialSettings, 'method', 'body', 'header', 'include'] as const
type CallInvocation = Invocation<(typeof names)[number]>

/** Calls an API; the answer is good when its status is 2xx. */
export const callCommand = defineCommand({
  path: ['call'],
  summary: 'call an API with an access token; the response body goes to standard output',
  argument: { name: 'url', description: 'what to call', optional: false },
  settings: names,
  examples: [
    'mintmark call https://api.example/decisions --issuer https://auth.example --client-id a',
    "mintmark call https://api.example/apply -d @form.json -H 'content-type: application/json'",
  ],
  async run(invocation) {
    const target = await targetOf(invocation)
    const init = await requestOf(invocation)
    return await withTokenClient(invocation, target.origin, async (client) => {
      try {
        const response = await client.fetch(target.href, init)
        await show(response, invocation)
        if (!response.ok) throw await unsuccessful(response)
        return exitCode.done
      } catch (error) {
        throw unreachable(error, target) ?? error
      }
    })
  },
})

async function targetOf({ argument = '' }: CallInvocation): Promise<URL> {
  if (url.fromTexts([argument]) === undefined) {
    throw usageFailure('url_malformed', `the argument <url> must be ${url.expectation}`)
  }
  await requireConfidential('the URL', argument)
  return new URL(argument)
}

async function requestOf({ settings, edge }: CallInvocation): Promise<RequestInit> {
  const given = settings.value('body')
  const body = given === undefined ? undefined : await bodyOf(given, edge.workingFolder)
  const method = settings.value('method') ?? (body === undefined ? 'GET' : 'POST')
  const headers = headersOf(settings.value('header'))
  try {
    // The platform's own judgement of method and body together, before anything is sent.
    new Request('http://localhost', { method, headers, body: body ?? null })
  } catch {
    throw usageFailure(
      'request_malformed',
      '--method is not one that can be sent, or not together with a body',
    )
  }
  return { method, headers, ...(body !== undefined && { body }) }
}

async function bodyOf(given: string, folder: string): Promise<string | Uint8Array<ArrayBuffer>> {
  if (!given.startsWith('@')) return given
  const file = resolve(folder, given.slice(1))
  let body: Uint8Array<ArrayBuffer> | undefined
  try {
    body = await readBoundedFile(file, requestBodyBytesMax)
  } catch (error) {
    throw failure('body_unreadable', `the body file ${file} ${describeFileError(error).text}`)
  }
  if (body !== undefined) return body
  throw failure('body_too_large', `the body file ${file} exceeds ${requestBodyBytesMax} bytes`)
}

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers()
  for (const [at, line] of lines.entries()) {
    const [name = '', ...rest] = line.split(':')
    if (name.trim().toLowerCase() === 'authorization') {
      throw usageFailure('header_reserved', 'the Authorization header is where the token goes')
    }
    try {
      if (rest.length === 0) throw new TypeError('no colon')
      headers.append(name.trim(), rest.join(':').trim())
    } catch {
      throw usageFailure('header_malformed', `--header number ${at + 1} must be 'name: value'`)
    }
  }
  return headers
}

/** Prints the response: its body as it comes, or with `--json` all of it as one document. */
async function show(response: Response, invocation: CallInvocation): Promise<void> {
  const { settings, edge, output } = invocation
  if (output.json) {
    await output.answer([], await responseDocument(response))
    return
  }
  if (settings.value('include')) await edge.writeOutput(headText(response))
  if (response.body === null) return
  for await (const chunk of response.body) await edge.writeOutput(chunk)
}

async function responseDocument(response: Response): Promise<object> {
  const { readBoundedText } = await import('@mintmark/runtime')
  const body = await readBoundedText(response, responseBodyBytesMax)
  if (!body.ok) {
    throw failure(
      'response_not_text',
      `the response body is not UTF-8 text of up to ${responseBodyBytesMax} bytes; leave out --json`,
    )
  }
  return { status: response.status, headers: [...response.headers], body: body.text }
}

/**
 * What `fetch` throws, and a body that breaks off, is a `TypeError` whose cause has the system's
 * code.
 */
function unreachable(error: unknown, { origin }: URL): Error | undefined {
  if (!(error instanceof TypeError)) return undefined
  const code = systemCode(error.cause)
  return failure(
    'api_unreachable',
    `the API at ${origin} cannot be reached${code && ` (${code})`}; check the URL and the network`,
  )
}

async function unsuccessful(response: Response): Promise<CommandFailure> {
  const { explainRefusal } = await import('../refusal-explanation.ts')
  return failure('api_error', explainRefusal(response))
}

/** Status and headers as lines, and the empty line that ends them. */
function headText(response: Response): string {
  const lines = [`HTTP ${response.status}`]
  for (const [name, value] of response.headers) lines.push(`${name}: ${printable(value)}`)
  return `${lines.join('\n')}\n\n`
}
