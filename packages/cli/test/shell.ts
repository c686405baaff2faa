/** Runs command lines one after the other in one fresh working folder. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type EdgeScript, type RunResult, run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface Shell {
  readonly workingFolder: string
  step(argv: readonly string[], script?: EdgeScript): Promise<RunResult>
  /** The document of a command that has to succeed. */
  json(argv: readonly string[], script?: EdgeScript): Promise<Answer>
}

/** Whatever a command answers; tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of each answer is what the tests are about
type Answer = any

export function shell(test: TestContext, files: Readonly<Record<string, string>> = {}): Shell {
  const workingFolder = temporaryFolder(test, files)
  let seed = 0
  const step = (argv: readonly string[], script: EdgeScript = {}) => {
    seed += 1
    return run(argv, { ...script, workingFolder, seed })
  }
  return {
    workingFolder,
    step,
    json: async (argv, script) => {
      const result = await step([...argv, '--json'], script)
      assert.equal(result.exitCode, 0, result.notices)
      return JSON.parse(result.output)
    },
  }
}
