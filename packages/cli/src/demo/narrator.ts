/** Tells a person at the terminal what happens, as it happens; with `--json` it keeps silent until the end. */
import { printable } from '../printable.ts'
import type { ProcessEdge } from '../process-edge.ts'
import type { DemoEvent } from './parties.ts'

/** Who did something. */
export type Speaker = 'client' | 'server' | 'api'

const names: Readonly<Record<Speaker, string>> = {
  client: 'client               ',
  server: 'authorization server ',
  api: 'partner API          ',
}

/** Writes lines for a person. */
export interface Narrator {
  heading(text: string): Promise<void>
  /** One thing that `speaker` did. Lines are written in order; nobody has to wait for them. */
  tell(speaker: Speaker, text: string): void
  line(text: string): Promise<void>
}

/** A narrator that writes to standard output, or nowhere. */
export function createNarrator(edge: ProcessEdge, isSilent: boolean): Narrator {
  let written = Promise.resolve()
  const write = (text: string): Promise<void> => {
    if (!isSilent) written = written.then(() => edge.writeOutput(`${printable(text)}\n`))
    return written
  }
  return {
    heading: (text) => write('').then(() => write(text)),
    tell: (speaker, text) => void write(`   ${names[speaker]} ${text}`).catch(() => undefined),
    line: write,
  }
}

/** What an event of one of the servers says in words, or `undefined` where it is not worth a line. */
export function narration(event: DemoEvent): readonly [Speaker, string] | undefined {
  switch (event.type) {
    case 'token_issued':
      return ['server', `token for ${event.clientId}: ${event.scope}, ${event.lifetimeSeconds} s`]
    case 'token_revoked':
      return ['server', `token of ${event.clientId} revoked`]
    case 'metadata_fetched':
      return ['api', 'server metadata read']
    case 'request_refused':
      return 'reason' in event
        ? ['server', `request refused: ${event.reason}`]
        : ['api', `request refused: ${event.code}`]
    default:
      return undefined
  }
}
