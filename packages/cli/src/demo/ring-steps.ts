/** The two rings of the API, from the side of those who call it too often, and of those who do not. */
import { sleep } from '@mintmark/runtime'
import { partnerDoor } from './running-partner-api.ts'
import { at, connect, type Stage, statusOf } from './stage.ts'

/** More calls than either ring grants at once, or in the time that they take. */
const CALLS_MAX = 300

/** Somebody without a token calls until the answer is 429, waits as it says, and is served again. */
export async function meetPublicRing(stage: Stage): Promise<void> {
  const call = (): Promise<Response> => stage.transport(at(stage, '/public/v1', '/rates'))
  await exhaust(stage, 'GET /public/v1/rates', call)
}

/**
 * A client calls until the answer is 429. Meanwhile another one, from the same address, notices nothing; and the token
 * is as good as before.
 */
export async function meetPartnerRing(stage: Stage): Promise<void> {
  const { eager, partner } = stage.parties
  const client = connect(stage, eager, partnerDoor)
  const other = connect(stage, partner, partnerDoor)
  const decisions = at(stage, partnerDoor, '/decisions')
  const token = await client.token()
  await exhaust(
    stage,
    `GET ${partnerDoor}/decisions`,
    () => client.fetch(decisions),
    async () => {
      const status = await statusOf(other.fetch(decisions))
      stage.tell(`called    the same as another client, from the same address -> ${status}`)
      stage.expect(status === 200, 'the other client is served')
    },
  )
  const isSame = (await client.token()).fingerprint === token.fingerprint
  stage.expect(isSame, 'the token is kept: a 429 says nothing about it')
  await client.dispose()
  await other.dispose()
}

/** @param whileRefused - What is done between the refusal and the wait. */
async function exhaust(
  stage: Stage,
  title: string,
  call: () => Promise<Response>,
  whileRefused: () => Promise<void> = async () => undefined,
): Promise<void> {
  let served = 0
  let response = await call()
  while (response.status === 200 && served < CALLS_MAX) {
    served += 1
    await response.body?.cancel()
    response = await call()
  }
  await response.body?.cancel()
  const waitSeconds = Number(response.headers.get('retry-after'))
  stage.tell(`called    ${title} -> 200, ${served} times`)
  stage.tell(`refused   the next -> ${response.status}, Retry-After: ${waitSeconds}`)
  stage.tell(`          RateLimit-Policy: ${response.headers.get('ratelimit-policy')}`)
  stage.expect(response.status === 429, 'the answer is 429')
  stage.expect(waitSeconds > 0, 'it says how long to wait')
  await whileRefused()
  await sleep(stage.clock, waitSeconds * 1_000)
  const status = await statusOf(call())
  stage.tell(`called    after that time -> ${status}`)
  stage.expect(status === 200, 'waiting for as long is enough')
}
