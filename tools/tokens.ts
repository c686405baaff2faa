/**
 * Splits TypeScript into tokens, so that the checks in this folder can tell code from comments and strings.
 *
 * Not a parser: it knows no grammar beyond what tells a regular expression from a division and a template from its
 * expressions. JSX is not understood. Every character belongs to one token or is whitespace, and nothing is refused:
 * `tsc` is there for what is malformed.
 */

/** `string` covers quoted text and the literal pieces of a template; `mark` is punctuation. */
export type TokenKind = 'comment' | 'string' | 'regex' | 'number' | 'word' | 'mark'

/** One token with its offset in the text and the lines it covers, counted from 1. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly line: number
  readonly lineEnd: number
}

const WHITESPACE = /\s+/y
const TEMPLATE_PIECE = /[`}](?:\\[\s\S]|\\$|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['comment', /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|^#![^\n]*/y],
  ['string', /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y],
  ['number', /0[xob][\da-f_]+n?|\d[\d_]*(?:\.[\d_]+)?(?:e[+-]?\d+)?n?|\.\d[\d_]*(?:e[+-]?\d+)?/iy],
  ['word', /#?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy],
  ['mark', /=>|\.\.\.|\?\.(?!\d)|[\s\S]/uy],
]

/** After these words an expression begins, so a slash opens a regular expression. */
const BEFORE_EXPRESSION = new Set(
  'await case delete do else in instanceof new of return throw typeof void yield'.split(' '),
)

/** Splits `text` into its tokens, comments included, in order. */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = []
  const braceDepths: number[] = []
  let depth = 0
  let line = 1
  let at = matchEnd(WHITESPACE, text, 0)
  line += lineBreaks(text.slice(0, at))
  let previous: Token | undefined
  while (at < text.length) {
    const closesTemplate = text[at] === '}' && braceDepths.at(-1) === depth
    const [kind, end] = tokenAt(text, at, previous, closesTemplate)
    const piece = text.slice(at, end)
    const token = { kind, text: piece, start: at, line, lineEnd: line + lineBreaks(piece) }
    tokens.push(token)
    if (kind !== 'comment') previous = token
    if (closesTemplate) braceDepths.pop()
    if (kind === 'string' && piece.endsWith('${')) braceDepths.push(depth)
    if (kind === 'mark' && piece === '{') depth += 1
    if (kind === 'mark' && piece === '}') depth -= 1
    at = matchEnd(WHITESPACE, text, end)
    line += lineBreaks(text.slice(end - piece.length, at))
  }
  return tokens
}

function tokenAt(
  text: string,
  at: number,
  previous: Token | undefined,
  closesTemplate: boolean,
): readonly [TokenKind, number] {
  if (text[at] === '`' || closesTemplate) return ['string', matchEnd(TEMPLATE_PIECE, text, at)]
  for (const [kind, pattern] of PATTERNS) {
    if (kind === 'number' && mayBeRegex(text, at, previous)) {
      const end = matchEnd(REGEX, text, at)
      if (end > at) return ['regex', end]
    }
    const end = matchEnd(pattern, text, at)
    if (end > at) return [kind, end]
  }
  return ['mark', at + 1]
}

function mayBeRegex(text: string, at: number, previous: Token | undefined): boolean {
  if (text[at] !== '/') return false
  if (previous === undefined) return true
  if (previous.kind === 'word') return BEFORE_EXPRESSION.has(previous.text)
  return previous.kind === 'mark' && previous.text !== ')' && previous.text !== ']'
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1
}
