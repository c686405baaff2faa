/** An explained receipt in words and as a JSON document. */
import type { ReceiptExplanation } from '@mintmark/resource-server/receipts'
import { pairs } from './output.ts'

/** The explanation for a person. */
export function receiptLines(explanation: ReceiptExplanation): readonly string[] {
  const { code, meaning, advice, issuer, signingKey, detail } = explanation
  return [
    `refused: ${meaning}`,
    ...pairs([
      ['  code', code],
      ['  what to do', advice],
      ['  at', isoText(explanation)],
      ['  issuer', issuer ?? 'none that is trusted'],
      ['  signing key', signingKey],
      ...Object.entries(detail).map(([name, value]): [string, string] => [
        `  ${words(name)}`,
        String(value),
      ]),
    ]),
  ]
}

/** The explanation as `--json` shows it. */
export function receiptDocument(explanation: ReceiptExplanation): object {
  const { code, meaning, advice, issuer, signingKey, detail } = explanation
  return {
    at: isoText(explanation),
    ...{ code, meaning, advice },
    issuer: issuer ?? null,
    signing_key: signingKey,
    detail: Object.fromEntries(
      Object.entries(detail).map(([name, value]) => [words(name).replaceAll(' ', '_'), value]),
    ),
  }
}

function isoText({ atWallMs }: ReceiptExplanation): string {
  return new Date(atWallMs).toISOString()
}

/** `endedSecondsAgo` as `ended seconds ago`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
