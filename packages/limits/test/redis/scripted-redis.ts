/** A connection to Redis whose answers a test writes, in the shape that ioredis has. */
import { type LimitPolicy, limitPolicy } from '@mintmark/limits'

/** What one command said. */
export interface SentCommand {
  readonly command: 'evalsha' | 'eval'
  readonly keys: readonly string[]
  readonly latestUs: number
  readonly purpose: string
  readonly parameters: readonly string[]
}

/** Answers a command: with a reply, or by throwing. */
export type Answer = (sent: SentCommand) => unknown

/** What Redis says the time is, in microseconds, unless a test says otherwise. */
export const REDIS_US = 1_795_435_200_000_000

/** Buckets that are all full. */
export const fullBuckets: Answer = ({ purpose, keys }) => [
  ...[String(REDIS_US), purpose],
  ...keys.map(() => '0'),
]

/** A Redis that does not answer. */
export const noAnswer: Answer = () => new Promise(() => undefined)

/** A connection, with what was sent over it. */
export class ScriptedRedis {
  readonly sent: SentCommand[] = []
  answer: Answer

  constructor(answer: Answer = fullBuckets) {
    this.answer = answer
  }

  async evalsha(_sha: string, keyCount: number, ...words: string[]): Promise<unknown> {
    return this.#take('evalsha', keyCount, words)
  }

  async eval(_source: string, keyCount: number, ...words: string[]): Promise<unknown> {
    return this.#take('eval', keyCount, words)
  }

  #take(command: SentCommand['command'], keyCount: number, words: readonly string[]): unknown {
    const [latest, purpose = '', ...parameters] = words.slice(keyCount)
    const keys = words.slice(0, keyCount)
    const sent = { command, keys, latestUs: Number(latest), purpose, parameters }
    this.sent.push(sent)
    return this.answer(sent)
  }
}

/** A secret that names are made with. */
export const namingSecret = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa'

/** Three units in an hour. */
export const hourly: LimitPolicy = limitPolicy({ name: 'hourly', quota: 3, windowSeconds: 3_600 })
