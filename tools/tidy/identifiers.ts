/** Names: the standards' words, and one word for one thing. The list is `../banned-names.ts`. */
import { allowedPhrases, type BannedName, bannedNames, nameExceptions } from '../banned-names.ts'
import type { Finding } from '../finding.ts'
import { findImports } from '../imports.ts'
import type { SourceFile } from '../source-file.ts'
import type { Token } from '../tokens.ts'

/**
 * Finds identifiers that contain a banned word, each once per file, where it first appears.
 *
 * Judged is where a name is chosen: not what is imported and not what follows a dot (both are judged where they are
 * declared, if that is ours), and not the snake_case names of the wire.
 */
export function identifierFindings(file: SourceFile): readonly Finding[] {
  const firsts = new Map<string, Token>()
  for (const token of ownNames(file)) {
    if (!firsts.has(token.text)) firsts.set(token.text, token)
  }
  return [...firsts.values()].flatMap(({ text, line }) => {
    const banned = bannedWordIn(text)
    if (banned === undefined || isException(file.path, text)) return []
    const message = `"${text}" says "${banned.words}": say ${banned.instead}`
    return [{ path: file.path, line, rule: 'banned-name', message }]
  })
}

function ownNames({ code }: SourceFile): readonly Token[] {
  const imported = importedTokens(code)
  const importedNames = new Set(imported.map(({ text }) => text))
  return code.filter((token, at) => {
    const before = code[at - 1]?.text
    return (
      token.kind === 'word' && before !== '.' && before !== '?.' && !importedNames.has(token.text)
    )
  })
}

function importedTokens(code: readonly Token[]): readonly Token[] {
  return findImports(code).flatMap(({ first, last }) => code.slice(first, last + 1))
}

function bannedWordIn(identifier: string): BannedName | undefined {
  if (/^[a-z\d]+(_[a-z\d]+)+$/.test(identifier)) return undefined
  const words = withoutAllowedPhrases(` ${wordsOf(identifier).join(' ')} `)
  return bannedNames.find((banned) => words.includes(` ${banned.words} `))
}

function withoutAllowedPhrases(words: string): string {
  return allowedPhrases.reduce((rest, phrase) => rest.replaceAll(` ${phrase.words} `, ' - '), words)
}

/** `parseHTTPHeader2` and `PARSE_HTTP_HEADER` are the words parse, http and header; `IdP` is one word. */
function wordsOf(identifier: string): readonly string[] {
  const words = identifier.replaceAll('IdP', 'Idp').match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []
  return words.map((word) => word.toLowerCase())
}

function isException(path: string, identifier: string): boolean {
  return nameExceptions.some(
    (exception) => exception.identifier === identifier && path.startsWith(exception.below),
  )
}
