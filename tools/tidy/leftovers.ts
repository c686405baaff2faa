/** What a commit leaves behind: reminders to oneself and code that was switched off. */
import type { Finding } from '../finding.ts'
import type { SourceFile } from '../source-file.ts'

const REMINDER = /\b(?:TODO|FIXME|XXX|HACK)\b/

/** Shapes that prose does not take: statements, assignments with a semicolon, lone calls, closing brackets. */
const CODE_SHAPES: readonly RegExp[] = [
  /^(?:import|export)\s.*\sfrom\s+['"]/,
  /^(?:export\s+)?(?:const|let|var)\s+[\w$[{].*=/,
  /^(?:export\s+)?(?:async\s+)?function\s*[\w$]*\(.*\{$/,
  /^(?:\}\s*)?(?:else\s+)?(?:if|for|while|switch)\s*\(.*\)\s*\{$/,
  /^if\s*\(.*\)\s+(?:return|throw|continue|break)\b/,
  /^(?:return|throw|await)\s+(?:new\s+)?[\w$.]+\(.*\)[;)]*$/,
  /^(?:return|throw|await|break|continue)(?:\s+[\w$.]+)?;$/,
  /^[\w$][\w$.[\]]*\s*(?:[-+*/|&?]{0,2}=)\s*[^=].*;$/,
  /^[\w$]+(?:\.[\w$]+)+\(.*\);?$/,
  /^[\w$]+\(.*\);$/,
  /^\}[\s);,]*$/,
]

/** Finds reminders and commented-out code. Examples between code fences and text in backticks are prose. */
export function leftoverFindings({ path, tokens }: SourceFile): readonly Finding[] {
  return tokens
    .filter(({ kind }) => kind === 'comment')
    .flatMap((comment) =>
      proseLines(comment.text).flatMap(({ text, offset }) => {
        const finding = judgeLine(text)
        return finding === undefined ? [] : [{ path, line: comment.line + offset, ...finding }]
      }),
    )
}

function judgeLine(text: string): Pick<Finding, 'rule' | 'message'> | undefined {
  if (REMINDER.test(text)) {
    return {
      rule: 'reminder',
      message: 'a reminder in the code: do it now, or write it into the issue',
    }
  }
  if (CODE_SHAPES.some((shape) => shape.test(text))) {
    return { rule: 'dead-code', message: 'commented-out code: delete it, the history keeps it' }
  }
  return undefined
}

interface ProseLine {
  readonly text: string
  /** Lines below the first line of the comment. */
  readonly offset: number
}

function proseLines(comment: string): readonly ProseLine[] {
  let fenced = false
  return comment.split('\n').flatMap((raw, offset) => {
    const text = raw.replace(/^\s*(?:\/\*\*?|\/\/+|\*(?!\/))?\s*/, '').replace(/\s*\*\/\s*$/, '')
    if (text.startsWith('```')) {
      fenced = !fenced
      return []
    }
    return fenced ? [] : [{ text: text.trimEnd(), offset }]
  })
}
