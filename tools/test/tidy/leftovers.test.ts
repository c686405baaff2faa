import { tidy } from '../../tidy.ts'
import { ruleSuite } from '../rule-suite.ts'

const reminders = ['TODO', 'FIXME', 'XXX', 'HACK']

/** Lines of switched-off code, each with a line of prose that resembles it. */
const leftovers: readonly (readonly [code: string, prose: string])[] = [
  [`import { a } from './b.ts'`, 'import what the package offers from its entry point'],
  ['const a = b(c)', 'const assertions keep the literal types'],
  ['let a = 1', 'let a caller decide'],
  ['function a(b) {', 'function values compare by identity'],
  ['if (a === b) {', 'if (and only if) the key is known'],
  ['} else if (a) {', 'else the answer is 401'],
  ['if (a) return b', 'if a key disappears, return nothing'],
  ['return a(b)', 'return to the caller (see above)'],
  ['throw new TypeError(a)', 'throws a TypeError (unknown option)'],
  ['await a.b(c);', 'await nothing on a hit;'],
  ['return;', 'return early, or not at all;'],
  ['this.a = b;', 'lifetime = expires_in - margin'],
  ['a.b.c(d)', '`a.b.c(d)` is what others write'],
  ['start(a);', 'start (once)'],
  ['})', 'an object ends with })'],
]

ruleSuite('leftovers', tidy, [
  ...reminders.map((word) => ({
    title: `${word} in a comment`,
    rule: 'reminder',
    broken: { 'tools/a.ts': `// ${word} later\n/**\n * Words.\n * ${word}: more\n */\n` },
    at: ['tools/a.ts:1', 'tools/a.ts:4'],
    corrected: { 'tools/a.ts': `const a = '${word}'\n// ${word.toLowerCase()} in lower case\n` },
  })),
  ...leftovers.map(([code, prose]) => ({
    title: `switched-off code: ${code}`,
    rule: 'dead-code',
    broken: { 'tools/a.ts': `a()\n// ${code}\n/* b\n * ${code}\n */\n` },
    at: ['tools/a.ts:2', 'tools/a.ts:4'],
    corrected: {
      'tools/a.ts': `// ${prose}\n/**\n * ${prose}\n * \`\`\`ts\n * ${code}\n * \`\`\`\n */\n`,
    },
  })),
])
