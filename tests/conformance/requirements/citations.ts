/** Looks up in test files whether the tests are there that somebody cites. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Citation } from './requirement.ts'

/**
 * Says whether a cited test is in its file. A title in a template is found by what stands around its parts; what is put
 * into it has to stand in the file, too.
 */
export function citationChecker(root: string): (citation: Citation) => boolean {
  const files = new Map<string, TestFile>()
  return ({ path, title }) => {
    const file = files.get(path) ?? readTestFile(join(root, path))
    files.set(path, file)
    return file.titles.some((pattern) => {
      const [isFound, ...parts] = pattern.exec(title) ?? []
      const written = parts.map((part = '') => part.replace(/^"(.*)"$/, '$1'))
      return isFound !== undefined && written.every((part) => file.text.includes(part))
    })
  }
}

interface TestFile {
  readonly text: string
  readonly titles: readonly RegExp[]
}

function readTestFile(file: string): TestFile {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return { text, titles: titlesIn(text) }
}

const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g

/** Every text of a file that could be a title, without the requirements at its end. */
function titlesIn(text: string): readonly RegExp[] {
  return [...text.matchAll(LITERAL)].flatMap(([, single, double, template]) => {
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
  return new RegExp(`^${title.split(PART).map(literal).join('(.+)')}$`)
}
