import { bannedNames } from '../../banned-names.ts'
import { tidy } from '../../tidy.ts'
import { ruleSuite } from '../rule-suite.ts'

const camelCase = (words: string): string =>
  words.replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase())
const capitalised = (words: string): string =>
  camelCase(words).replace(/^\w/, (letter) => letter.toUpperCase())
const constantCase = (words: string): string => words.replaceAll(' ', '_').toUpperCase()

ruleSuite('identifiers', tidy, [
  ...bannedNames.map(({ words }) => ({
    title: `"${words}" as a word of an identifier`,
    rule: 'banned-name',
    broken: {
      'tools/a.ts': [
        `const my${capitalised(words)}Text = 1`,
        `function ${camelCase(words)}Of() {}`,
        `class A { #${camelCase(words)}less = 2 }`,
        `const ${constantCase(words)}_MAX = 3`,
        `const my${capitalised(words)}Text = 1`,
      ].join('\n'),
    },
    // A longer word is another word, so the third line is not found; the last one repeats the first.
    at: ['tools/a.ts:1', 'tools/a.ts:2', 'tools/a.ts:4'],
    corrected: {
      'tools/a.ts': [
        `// ${words} ${camelCase(words)}`,
        `const text = '${camelCase(words)}' + \`${camelCase(words)}\``,
        `thing.${camelCase(words)}()`,
        `thing?.${camelCase(words)}`,
        `const x${words.replaceAll(' ', '')}x = 1`,
      ].join('\n'),
    },
  })),
  {
    title: 'a private member, and a name spelled in capitals',
    rule: 'banned-name',
    broken: {
      'tools/a.ts': 'class A {\n  #data = 1\n}\nconst parseHTTPInfo2 = 1\nconst theIdP = 1\n',
    },
    at: ['tools/a.ts:2', 'tools/a.ts:4', 'tools/a.ts:5'],
    corrected: { 'tools/a.ts': 'class A {\n  #claims = 1\n}\nconst parseHTTPHeader2 = 1\n' },
  },
  {
    title: 'a banned name where it is declared, not where it is imported',
    rule: 'banned-name',
    broken: {
      'tools/a.ts': 'const tokenHandler = 1\n',
      'tools/b.ts': [
        `import { tokenHandler } from './a.ts'`,
        `import { AddressInfo } from 'node:net'`,
        'tokenHandler(AddressInfo)',
      ].join('\n'),
    },
    at: ['tools/a.ts:1'],
    corrected: {
      'tools/a.ts': 'const tokenResponder = 1\n',
      'tools/b.ts': `import { RequestHandler } from 'foreign'\nconst a: RequestHandler = 1\n`,
    },
  },
  {
    title: 'a name of ours that resembles a name of the platform',
    rule: 'banned-name',
    broken: { 'tools/a.ts': 'const formDataText = 1\nconst rejectToken = 2\nconst userCode = 3\n' },
    at: ['tools/a.ts:1', 'tools/a.ts:2', 'tools/a.ts:3'],
    corrected: {
      'tools/a.ts': 'new Promise((resolve, reject) => reject(FormData))\nconst user_code = 3\n',
    },
  },
  {
    title: 'a flag of the command line outside the command line',
    rule: 'banned-name',
    broken: { 'packages/client/test/a.ts': 'const ttl = 1\n' },
    at: ['packages/client/test/a.ts:1'],
    corrected: { 'packages/cli/test/a.ts': 'const ttl = 1\n' },
  },
])
