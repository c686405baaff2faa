/** Documentation that must be there: what a file is responsible for, and what an exported name promises. */
import type { Finding } from '../finding.ts'
import { isIndex, isPackageSource, type SourceFile } from '../source-file.ts'
import type { Token } from '../tokens.ts'

const DECLARATIONS = new Set(
  'abstract async class const declare default enum function interface let type'.split(' '),
)

/**
 * Finds package sources that do not open with a comment, and exported declarations without TSDoc directly above.
 *
 * Constants on consecutive lines share the comment above the first, and so do the overloads of a function. Members
 * are not looked at, nor what the words say.
 */
export function documentationFindings(file: SourceFile): readonly Finding[] {
  if (!isPackageSource(file.path) || isIndex(file.path)) return []
  return [...missingHeader(file), ...missingTsdoc(file)]
}

function missingHeader({ path, tokens }: SourceFile): readonly Finding[] {
  if (
    tokens.length === 0 ||
    tokens.find(({ text }) => !text.startsWith('#!'))?.kind === 'comment'
  ) {
    return []
  }
  const message = 'no opening comment: say what the file is responsible for, and which RFC section'
  return [{ path, line: 1, rule: 'file-comment', message }]
}

function missingTsdoc({ path, tokens }: SourceFile): readonly Finding[] {
  const documented = new Set<string>()
  let groupLine = 0
  return tokens.flatMap((token, at) => {
    const name = exportedName(tokens, at)
    if (name === undefined || documented.has(name)) return []
    documented.add(name)
    const inGroup = isConstant(tokens, at) && token.line === groupLine + 1
    if (isConstant(tokens, at)) groupLine = token.line
    if (inGroup || isTsdocFor(tokens[at - 1], token)) return []
    const message = `${name} is exported without TSDoc: say in a sentence what it promises`
    return [{ path, line: token.line, rule: 'tsdoc', message }]
  })
}

function isConstant(tokens: readonly Token[], at: number): boolean {
  return tokens[at + 1]?.text === 'const'
}

function isTsdocFor(comment: Token | undefined, exported: Token): boolean {
  return comment?.text.startsWith('/**') === true && comment.lineEnd === exported.line - 1
}

/** The name behind `export const`, `export async function` and the like; `undefined` for anything else. */
function exportedName(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  if (token?.kind !== 'word' || token.text !== 'export') return undefined
  let next = at + 1
  while (DECLARATIONS.has(tokens[next]?.text ?? '')) next += 1
  const name = tokens[next]
  const isDeclaration = next > at + 1 && name?.kind === 'word' && name.text !== 'from'
  return isDeclaration ? name.text : undefined
}
