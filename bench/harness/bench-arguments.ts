/** The flags that every benchmark understands, and how much work they ask for. */
import { parseArgs } from 'node:util'

/** How a benchmark was asked to run. */
export interface BenchArguments {
  /** Tiny counts, every answer checked, no figure to be believed. */
  readonly isSmoke: boolean
  /** How often each candidate is measured. Default 5, in a smoke run 1. */
  readonly rounds: number
  /** Measured seconds of a round under load, after two thirds of that for warming up. Default 3. */
  readonly seconds: number
  /** Print one JSON document instead of tables. */
  readonly isJson: boolean
  /** Use `wrk` as the load generator instead of ours. */
  readonly useWrk: boolean
  /** Run only the sections whose title contains this text. Default: all. */
  readonly only: string
}

/** Reads the command line. An unknown flag or a count below 1 ends the program with status 2 and one line. */
export function readBenchArguments(
  args: readonly string[] = process.argv.slice(2),
): BenchArguments {
  try {
    return parse(args)
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : 'wrong arguments'}\n`)
    process.exit(2)
  }
}

function parse(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      smoke: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      wrk: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  })
  return {
    isSmoke: values.smoke,
    rounds: count('--rounds', values.rounds ?? (values.smoke ? '1' : '5')),
    seconds: count('--seconds', values.seconds),
    isJson: values.json,
    useWrk: values.wrk,
    only: values.only,
  }
}

function count(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value
  throw new Error(`${flag} is a whole number from 1 to 1000`)
}
