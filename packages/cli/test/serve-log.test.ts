import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AuthorizationServerEvent } from '@mintmark/authorization-server'
import { FakeClock } from '@mintmark/testkit'
import { logLinesPerSecondMax } from '../src/limits.ts'
import { type LogLevel, startLog } from '../src/serve-log.ts'
import { scriptedEdge } from './scripted-edge.ts'

const refused: AuthorizationServerEvent = {
  ...{ type: 'request_refused', endpoint: 'token', reason: 'secret_expired', clientId: 'a' },
  detail: { secretId: 's1', endedSecondsAgo: 5 },
}
const issued: AuthorizationServerEvent = {
  ...{ type: 'token_issued', clientId: 'a', jti: 'j', scope: 's', audience: ['x'] },
  lifetimeSeconds: 60,
}

describe('the log of a server', () => {
  it('is one line of JSON for each refusal, with the exact reason [A13]', async () => {
    const { log, lines } = await logAt('info')
    log.observer(refused)
    assert.deepEqual(lines(), [
      {
        level: 'info',
        time: '2026-11-23T12:00:00.000Z',
        endpoint: 'token',
        reason: 'secret_expired',
        client_id: 'a',
        detail: { secret_id: 's1', ended_seconds_ago: 5 },
        event: 'request_refused',
      },
    ])
  })

  it('has lines for single tokens at level debug only', async () => {
    for (const [level, count] of [
      ['debug', 1],
      ['info', 0],
    ] as const) {
      const { log, lines } = await logAt(level)
      log.observer(issued)
      assert.equal(lines().length, count)
    }
  })

  it('warns of a retired secret in use', async () => {
    const { log, lines } = await logAt('warn')
    log.observer(refused)
    log.observer({ ...refused, reason: 'secret_retired' })
    assert.deepEqual(
      lines().map(({ level, reason }) => [level, reason]),
      [['warn', 'secret_retired']],
    )
  })

  it('tells the outage of a database by what it means, and its attempts at level debug', async () => {
    const { log, lines } = await logAt('info')
    log.observer({ type: 'serving_stale', sinceWallMs: 0 })
    log.observer({ type: 'registry_reload_failed' })
    log.observer({ type: 'grace_exceeded', staleSeconds: 9 })
    log.observer({ type: 'serving_current', staleSeconds: 10 })
    assert.deepEqual(
      lines().map(({ level, event }) => [level, event]),
      [
        ['warn', 'serving_stale'],
        ['error', 'grace_exceeded'],
        ['info', 'serving_current'],
      ],
    )
  })

  it('is not flooded by a flood of refusals, and says how many lines it left out', async () => {
    const { log, lines, clock } = await logAt('info')
    for (let at = 0; at < logLinesPerSecondMax + 7; at += 1) log.observer(refused)
    assert.equal(lines().length, logLinesPerSecondMax)
    await clock.advance(1_000)
    log.observer(refused)
    assert.equal(lines().at(-1)?.suppressed, 7)
    log.observer(refused)
    assert.equal(lines().at(-1)?.suppressed, undefined)
  })
})

async function logAt(level: LogLevel) {
  const { edge, notices } = scriptedEdge()
  const clock = new FakeClock()
  const log = await startLog(level, { ...edge, clock })
  const lines = (): Record<string, unknown>[] =>
    notices()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  return { log, lines, clock }
}
