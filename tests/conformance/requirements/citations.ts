/** Looks up in test files whether the tests are there that somebody cites. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Citation } from './requirement.ts'

/** Says whether a cited test is in its file. A title in a template is found by what stands around its parts. */
export function citationChecker(root: string): (citation: Citation) => boolean {
  const titlesOf = new Map<string, readonly RegExp[]>()
  return ({ path, title }) => {
    const known = titlesOf.get(path) ?? titlesIn(join(root, path))
    titlesOf.set(path, known)
    return known.some((pattern) => pattern.test(title))
  }
}

const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g

/** Every text of a file that could be a title, without the requirements at its end. */
function titlesIn(file: string): readonly RegExp[] {
  if (!existsSync(file)) return []
  const literals = readFileSync(file, 'utf8').matchAll(LITERAL)
  return [...literals].flatMap(([, single, double, template]) => {
    const written = single ?? double ?? template ?? ''
    const title = unescaped(written).replace(/(?: \[[A-Z]\d+(?:, [A-Z]\d+)*\])+$/, '')
    const isTooVague = title.replaceAll(PART, '').length < TITLE_CHARACTERS_MIN
    return title.length === 0 || (template !== undefined && isTooVague) ? [] : [patternOf(title)]
  })
}

/** What is put into a template. */
const PART = /\$\{[^}]*\}/g

/** A template that is hardly more than its parts would be every title. */
const TITLE_CHARACTERS_MIN = 10

function unescaped(written: string): string {
  return written.replaceAll(/\\(['"`\\])/g, '$1')
}

function patternOf(title: string): RegExp {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${title.split(PART).map(literal).join('.+')}$`)
}
