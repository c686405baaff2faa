/** An explained refusal in words and as a JSON document. */
import type { RefusalExplanation } from '@mintmark/authorization-server'
import { pairs } from './output.ts'

/** The explanation for a person. */
export function refusalLines(explanation: RefusalExplanation): readonly string[] {
  const { endpoint, reason, meaning, advice, detail } = explanation
  return [
    `refused: ${meaning}`,
    ...pairs([
      ['  reason', reason],
      ['  what to do', advice],
      ['  at', isoText(explanation)],
      ['  endpoint', endpoint],
      ['  client', clientText(explanation)],
      ...Object.entries(detail).map(([name, value]): [string, string] => [
        `  ${words(name)}`,
        String(value),
      ]),
    ]),
  ]
}

/** The explanation as `--json` shows it. */
export function refusalDocument(explanation: RefusalExplanation): object {
  const { endpoint, reason, meaning, advice, clientId, clientIdIsCut, detail } = explanation
  return {
    at: isoText(explanation),
    endpoint,
    reason,
    meaning,
    advice,
    client_id: clientId ?? null,
    ...(clientIdIsCut && { client_id_is_cut: true }),
    detail: Object.fromEntries(
      Object.entries(detail).map(([name, value]) => [words(name).replaceAll(' ', '_'), value]),
    ),
  }
}

function isoText({ atWallMs }: RefusalExplanation): string {
  return new Date(atWallMs).toISOString()
}

function clientText({ clientId, clientIdIsCut }: RefusalExplanation): string {
  if (clientId === undefined) return 'none that is registered'
  return clientIdIsCut ? `${clientId}... (the beginning)` : clientId
}

/** `endedSecondsAgo` as `ended seconds ago`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
