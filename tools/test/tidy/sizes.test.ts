import { tidy } from '../../tidy.ts'
import { ruleSuite } from '../rule-suite.ts'

const lines = (count: number, line = 'call(1)'): string => `${line}\n`.repeat(count)
const sentence = (length: number): string => 'word '.repeat(length / 5).trim()

ruleSuite('sizes', tidy, [
  {
    title: 'a file of more than 250 code lines',
    rule: 'file-length',
    broken: { 'tools/a.ts': lines(251) },
    at: ['tools/a.ts:1'],
    corrected: { 'tools/a.ts': `${lines(100, '// words')}${lines(250)}\n\n` },
  },
  {
    title: 'a function of more than 60 code lines',
    rule: 'function-length',
    broken: { 'tools/a.ts': `start()\nfunction a(): void {\n${lines(59)}}\n` },
    at: ['tools/a.ts:2'],
    corrected: { 'tools/a.ts': `function a(): void {\n${lines(58)}${lines(9, '// why')}}\n` },
  },
  {
    title: 'a long arrow function, and the one around it',
    rule: 'function-length',
    broken: { 'tools/a.ts': `const a = () => {\n  return () => ({\n${lines(59, 'b,')}})\n}\n` },
    at: ['tools/a.ts:1', 'tools/a.ts:2'],
    corrected: { 'tools/a.ts': `const a = () => {\n  return () => ({\n${lines(56, 'b,')}})\n}\n` },
  },
  {
    title: 'a long function in a test that declares no tests',
    rule: 'function-length',
    broken: { 'tools/test/a.test.ts': `it('a', () => {\n${lines(60)}})\n` },
    at: ['tools/test/a.test.ts:1'],
    corrected: {
      'tools/test/a.test.ts': `describe('a', () => {\n${lines(60, "it('b', c)")}})\n`,
    },
  },
  {
    title: 'a code line of more than 100 columns',
    rule: 'line-length',
    broken: { 'tools/a.ts': `const ${'a'.repeat(90)} = 1234\n` },
    at: ['tools/a.ts:1'],
    corrected: { 'tools/a.ts': `const ${'ä'.repeat(90)} = 1\n` },
  },
  {
    title: 'a comment of more than 120 columns',
    rule: 'line-length',
    broken: { 'tools/a.ts': `a()\n// ${sentence(120)}\n` },
    at: ['tools/a.ts:2'],
    corrected: { 'tools/a.ts': `a()\n// ${sentence(115)}\n` },
  },
  {
    title: 'a sentence in a string that makes a line of more than 120 columns',
    rule: 'line-length',
    broken: { 'tools/a.ts': `const a = '${sentence(115)}'\n` },
    at: ['tools/a.ts:1'],
    corrected: { 'tools/a.ts': `const a = '${sentence(100)}'\nconst b = '${'k'.repeat(300)}'\n` },
  },
  {
    title: 'a code line that a short string does not excuse',
    rule: 'line-length',
    broken: { 'tools/a.ts': `const ${'a'.repeat(80)} = 'short string here'\n` },
    at: ['tools/a.ts:1'],
    corrected: { 'tools/a.ts': `const ${'a'.repeat(60)} = 'short string here'\n` },
  },
])
