/** Clients that keep asking for tokens on connections that they keep, and what went wrong. */
import { Agent, request } from 'node:http'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

/** A load under way. */
export interface TokenLoad {
  /** Tokens so far. */
  readonly answered: number
  /** Asks for no more, waits for what is under way, and tells all. */
  stop(): Promise<LoadResult>
}

/** What came of it. */
export interface LoadResult {
  readonly answered: number
  /** A status other than 200, or the code of an error of the network, of each request that failed. */
  readonly failures: readonly string[]
}

/** How the load is made. */
export interface LoadOptions {
  /** Clients at once. Default 8. */
  readonly callers?: number
  /** Pause between two requests of one, in milliseconds. Default 5. */
  readonly pauseMs?: number
}

/** Starts clients that ask `tokenEndpoint` for tokens, each for one after the other, until the test ends at most. */
export function startLoad(
  test: TestContext,
  tokenEndpoint: string,
  clientId: string,
  clientSecret: string,
  { callers = 8, pauseMs = 5 }: LoadOptions = {},
): TokenLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  const failures: string[] = []
  let answered = 0
  let isStopping = false
  async function keepAsking(): Promise<void> {
    while (!isStopping) {
      const outcome = await askOnce(tokenEndpoint, credentials, agent)
      if (outcome === '200') answered += 1
      else failures.push(outcome)
      await delay(pauseMs)
    }
  }
  test.after(() => {
    isStopping = true
  })
  const all = Promise.all(Array.from({ length: callers }, keepAsking))
  return {
    get answered() {
      return answered
    },
    async stop() {
      isStopping = true
      await all
      agent.destroy()
      return { answered, failures }
    },
  }
}

function askOnce(url: string, credentials: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(String(response.statusCode)))
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name))
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name))
    outgoing.end('grant_type=client_credentials')
  })
}
