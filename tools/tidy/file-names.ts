/** File and folder names: a drawer for what has no name hides where things are decided. */
import type { Finding } from '../finding.ts'
import type { SourceFile } from '../source-file.ts'

const DRAWERS = new Set('util utils helper helpers common shared misc types'.split(' '))

/** Finds files and folders that are drawers. A suffix does not excuse: `utils.test.ts` is one too. */
export function fileNameFindings({ path }: SourceFile): readonly Finding[] {
  const drawer = path.split('/').find((part) => DRAWERS.has(part.replace(/\..*/, '')))
  if (drawer === undefined) return []
  const message = `"${drawer}" names no thing: name the file after the one concept it holds`
  return [{ path, line: 1, rule: 'file-name', message }]
}
