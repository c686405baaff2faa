/** Reads the body of a request, and no more of it than it may have. */
import type { IncomingMessage } from 'node:http'
import { bodyBytesMax } from './limits.ts'

/** The text of a JSON body, or the status that says why there is none. */
export type ReadBody = { readonly text: string } | { readonly status: 413 | 415 | 400 }

/** Reads a body that has to be JSON. Rejects when the connection ends before it does. */
export async function readJsonBody(request: IncomingMessage): Promise<ReadBody> {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';')
  if (mediaType.trim().toLowerCase() !== 'application/json') return { status: 415 }
  const chunks: Buffer[] = []
  let size = 0
  // Not the plain loop: leaving that would cut the connection, and with it the answer.
  const arriving = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of arriving) {
    size += chunk.length
    if (size > bodyBytesMax) return { status: 413 }
    chunks.push(chunk)
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return { status: 400 }
  }
}
