/** The functions of a file: where the bodies in braces begin and end, read from tokens. */
import type { Token } from './tokens.ts'

/** The extent of one function, nested functions included. Indexes are into the tokens that were searched. */
export interface FunctionExtent {
  readonly first: number
  readonly last: number
}

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with'])

/** Words that stand between a brace and what is before it, and are not part of a return type. */
const NOT_A_TYPE = new Set(
  `as case catch class const default do else export extends finally if implements import in interface
  let new of return satisfies static throw try yield`.split(/\s+/),
)

/**
 * Finds the functions with a body in braces, arrow functions that return an object literal included, in tokens
 * without comments. An object type that a function type returns counts too; it is never long.
 */
export function findFunctions(code: readonly Token[]): readonly FunctionExtent[] {
  const partners = matchBrackets(code)
  const found: FunctionExtent[] = []
  for (const [at, token] of code.entries()) {
    if (token.kind !== 'mark' || token.text !== '{') continue
    const first = functionStart(code, partners, at)
    const last = partners.get(at)
    if (first !== undefined && last !== undefined) found.push({ first, last })
  }
  return found
}

/** For every bracket the place of the one that closes or opens it. */
export function matchBrackets(code: readonly Token[]): ReadonlyMap<number, number> {
  const partners = new Map<number, number>()
  const open: number[] = []
  for (const [at, token] of code.entries()) {
    if (token.kind !== 'mark') continue
    if ('([{'.includes(token.text)) open.push(at)
    if (')]}'.includes(token.text)) {
      const partner = open.pop()
      if (partner === undefined) continue
      partners.set(at, partner).set(partner, at)
    }
  }
  return partners
}

/** Where the function begins whose body opens at `brace`; `undefined` when the brace opens something else. */
function functionStart(
  code: readonly Token[],
  partners: ReadonlyMap<number, number>,
  brace: number,
): number | undefined {
  const before = code[brace - 1]?.text
  if (before === '=>') return arrowStart(code, partners, brace - 1)
  if (before === '(' && code[brace - 2]?.text === '=>') return arrowStart(code, partners, brace - 2)
  const close = before === ')' ? brace - 1 : parametersBeforeType(code, partners, brace - 1)
  const open = close === undefined ? undefined : partners.get(close)
  return open === undefined || followsControl(code, open) ? undefined : open
}

function arrowStart(
  code: readonly Token[],
  partners: ReadonlyMap<number, number>,
  arrow: number,
): number {
  const before = code[arrow - 1]?.text
  const close = before === ')' ? arrow - 1 : parametersBeforeType(code, partners, arrow - 1)
  return close === undefined ? arrow : (partners.get(close) ?? arrow)
}

function followsControl(code: readonly Token[], open: number): boolean {
  const before = code[open - 1]?.text ?? ''
  const keyword = before === 'await' ? (code[open - 2]?.text ?? '') : before
  return CONTROL.has(keyword)
}

/** Walks back over a return type to the `)` of the parameters in front of it. */
function parametersBeforeType(
  code: readonly Token[],
  partners: ReadonlyMap<number, number>,
  end: number,
): number | undefined {
  if (code[end]?.text === ':') return undefined
  let angles = 0
  for (let at = end; at > 0; at -= 1) {
    const token = code[at]
    if (token === undefined || (angles === 0 && NOT_A_TYPE.has(token.text))) return undefined
    if (token.kind !== 'mark') continue
    if (token.text === ':') return code[at - 1]?.text === ')' ? at - 1 : undefined
    if (token.text === '>') angles += 1
    if (token.text === '<') angles -= 1
    if (angles < 0 || (angles === 0 && ',;=?'.includes(token.text))) return undefined
    if (')]}'.includes(token.text)) at = partners.get(at) ?? 0
    else if ('([{'.includes(token.text)) return undefined
  }
  return undefined
}
