/** A connection on which anything can be said, and what comes back on it until it is closed. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from '@mintmark/runtime'
import { attackAnswerBytesMax, attackMsMax } from '../limits.ts'

/** A message that came over a connection: its fields in their order, names in lower case. */
export interface RawMessage {
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** An answer as it came. */
export interface RawAnswer extends RawMessage {
  readonly status: number
  readonly body: string
}

/** All values of a field. @param wanted - In lower case. */
export function valuesOf({ fields }: RawMessage, wanted: string): readonly string[] {
  return fields.filter(([name]) => name === wanted).map(([, value]) => value)
}

/**
 * Sends octets, and gives the answers until the other side closes, is quiet for too long, or has said too much.
 * A connection that cannot be had is one on which nothing was said.
 */
export async function exchange(
  { protocol, hostname, port }: URL,
  text: string,
  clock: Clock,
): Promise<readonly RawAnswer[]> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const isTls = protocol === 'https:'
  const place = { host, port: Number(port || (isTls ? 443 : 80)) }
  const socket = isTls ? connectTls({ ...place, servername: host }) : connect(place)
  const cut = clock.schedule(attackMsMax, () => socket.destroy())
  try {
    return answersIn(await received(socket, text))
  } finally {
    cut.cancel()
    socket.destroy()
  }
}

function received(socket: Socket, text: string): Promise<string> {
  const chunks: Buffer[] = []
  let octets = 0
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      octets += chunk.length
      if (octets > attackAnswerBytesMax) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.write(text, 'latin1')
  })
}

/** Takes a stream apart, as far as it consists of answers (RFC 9112 sections 4 and 6). */
export function answersIn(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(rest) ?? []
    if (status === undefined || end === -1) return answers
    const fields = rest.slice(0, end).split('\r\n').slice(1).map(fieldOf)
    const { body, octets } = bodyIn(rest.slice(end + 4), { fields })
    answers.push({ status: Number(status), fields, body })
    rest = rest.slice(end + 4 + octets)
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

function bodyIn(text: string, message: RawMessage): { body: string; octets: number } {
  if (valuesOf(message, 'transfer-encoding').includes('chunked')) return chunksIn(text)
  const [length] = valuesOf(message, 'content-length')
  const octets = length === undefined ? 0 : Number(length) || 0
  return { body: text.slice(0, octets), octets }
}

function chunksIn(text: string): { body: string; octets: number } {
  let body = ''
  let at = 0
  for (;;) {
    const line = text.indexOf('\r\n', at)
    const size = line === -1 ? Number.NaN : Number.parseInt(text.slice(at, line), 16)
    if (!(size > 0)) return { body, octets: line === -1 ? text.length : line + 4 }
    body += text.slice(line + 2, line + 2 + size)
    at = line + 4 + size
  }
}
