/**
 * What happens in the life of a token client, as one program for every runtime. Ends without disposing of anything:
 * a live client keeps no process from exiting.
 *
 * Usage: client.js ORIGIN SECRET PRIVATE_JWK STORE_KEY SEALED
 */
import { createTokenClient, dpop, privateKeyJwt } from '@mintmark/client'
import { createSealing } from '@mintmark/client/shared-store'
import { printResults } from './print-results.js'

const [origin, clientSecret, privateJwk, storeKey, sealedElsewhere] = process.argv.slice(2)

/** The name of a step is its client's id, so that each has a tally of its own. */
function clientFor(step, script = 'hour', options = {}) {
  const tokenEndpoint = `${origin}/token/${script}`
  const authentication = options.clientAuthentication === undefined ? { clientSecret } : {}
  return createTokenClient({ tokenEndpoint, clientId: step, ...authentication, ...options })
}

async function tallyOf(step) {
  const response = await fetch(`${origin}/tally/${encodeURIComponent(step)}`)
  return await response.json()
}

async function codeOf(promise) {
  try {
    return await promise.then(() => 'resolved')
  } catch (error) {
    return error.code
  }
}

const pause = (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs))

async function until(condition) {
  for (let turn = 0; turn < 400 && !(await condition()); turn += 1) await pause(5)
  return await condition()
}

/** The machine's clock, which a step can put forward. */
function movableClock() {
  let aheadMs = 0
  return {
    wallMs: () => Date.now() + aheadMs,
    monotonicMs: () => performance.now() + aheadMs,
    schedule: (delayMs, task) => {
      const timer = setTimeout(task, delayMs)
      return { cancel: () => clearTimeout(timer) }
    },
    putForward: (byMs) => {
      aheadMs += byMs
    },
  }
}

/** However this runtime prints an object. */
function inspected(value) {
  const inspect =
    globalThis.Deno?.inspect ??
    globalThis.Bun?.inspect ??
    process.getBuiltinModule('node:util').inspect
  return inspect(value, { depth: 10, showHidden: true })
}

await printResults({
  'asks-once-and-serves-from-memory': async (step) => {
    const client = clientFor(step)
    const [first, second] = [await client.token(), await client.token()]
    return [first.reveal(), first === second, client.ready(), await tallyOf(step)]
  },
  'asks-once-for-a-hundred-callers': async (step) => {
    const client = clientFor(step)
    const tokens = await Promise.all(Array.from({ length: 100 }, () => client.token()))
    return [new Set(tokens).size, await tallyOf(step)]
  },
  'renews-in-the-background': async (step) => {
    const clock = movableClock()
    const client = clientFor(step, 'hour', { clock })
    await client.warm()
    clock.putForward(3_300_000)
    const during = (await client.token()).reveal()
    const isRenewed = await until(() => client.currentToken().reveal() !== during)
    return [during, isRenewed, (await client.token()).reveal(), await tallyOf(step)]
  },
  'never-serves-an-expired-token': async (step) => {
    const client = clientFor(step, 'second')
    const first = (await client.token()).reveal()
    await pause(1_000)
    return [first, client.ready(), (await client.token()).reveal()]
  },
  'retries-once-after-a-401': async (step) => {
    const client = clientFor(step, 'hour')
    const init = { method: 'POST', body: 'an order' }
    const response = await client.fetch(`${origin}/api/refuses-first`, init)
    return [response.status, await response.text(), await tallyOf(step)]
  },
  'one-callers-abort-fails-nobody-else': async (step) => {
    const client = clientFor(step, 'slow')
    const impatient = codeOf(client.token({ signal: AbortSignal.timeout(30) }))
    const patient = client.token()
    return [await impatient, (await patient).reveal(), await tallyOf(step)]
  },
  'the-last-abort-hangs-up': async (step) => {
    const client = clientFor(step, 'never')
    const code = await codeOf(client.token({ signal: AbortSignal.timeout(30) }))
    return [code, await until(async () => (await tallyOf(step)).abandoned === 1)]
  },
  'keeps-its-deadline': async (step) => {
    const client = clientFor(step, 'never')
    const code = await codeOf(client.token({ deadlineMs: 30 }))
    await client.dispose()
    return code
  },
  'ends-with-dispose': async (step) => {
    const client = clientFor(step, 'never')
    const waiting = codeOf(client.token())
    await pause(20)
    await client.dispose()
    return [await waiting, await codeOf(client.token())]
  },
  'asks-no-more-with-a-refused-secret': async (step) => {
    const client = clientFor(step, 'hour', { clientSecret: 'not the secret' })
    return [await codeOf(client.token()), await codeOf(client.token()), await tallyOf(step)]
  },
  'follows-no-redirect': async (step) => [
    await codeOf(clientFor(step, 'elsewhere').token()),
    await tallyOf(step),
  ],
  'tells-a-broken-answer': (step) => codeOf(clientFor(step, 'broken').token()),
  'tells-a-dead-server': async (step) => {
    const client = createTokenClient({
      tokenEndpoint: 'http://127.0.0.1:9/token',
      clientId: step,
      clientSecret,
    })
    return await codeOf(client.token())
  },
  'finds-the-endpoint-by-the-issuer': async (step) => {
    const client = createTokenClient({ issuer: origin, clientId: step, clientSecret })
    return (await client.token()).reveal()
  },
  'authenticates-with-a-private-key': async (step) => {
    const clientAuthentication = privateKeyJwt({ key: JSON.parse(privateJwk) })
    return (await clientFor(step, 'hour', { clientAuthentication }).token()).reveal()
  },
  'proves-possession-of-its-key': async (step) => {
    const client = clientFor(step, 'bound', { senderBinding: dpop() })
    const init = { method: 'POST', body: 'an order' }
    const response = await client.fetch(`${origin}/api/bound`, init)
    return [response.status, await response.text(), await tallyOf(step)]
  },
  'opens-what-another-runtime-sealed': async () => {
    const sealing = createSealing({ keys: Uint8Array.from(atob(storeKey), (c) => c.charCodeAt(0)) })
    const name = await sealing.nameOf('entry', 'a key')
    const own = await sealing.seal(name, 2, { reveal: () => 'sealed here' })
    const opened = [
      await sealing.open(name, 1, sealedElsewhere),
      await sealing.open(name, 2, own),
      await sealing.open(name, 2, `${own.slice(0, -4)}AAAA`),
    ]
    return opened.map(({ ok, text, reason }) => (ok ? text.reveal() : reason))
  },
  'stays-warm-by-itself': async (step) => {
    const client = clientFor(step, 'hour', { keepWarm: true })
    await client.warm()
    return client.ready()
  },
  'prints-no-secret': async (step) => {
    const events = []
    const client = clientFor(step, 'hour', { observer: (event) => events.push(event) })
    const token = await client.token()
    const refused = clientFor(step, 'elsewhere')
    const error = await refused.token().catch((reason) => reason)
    const printed = [client, token, error, events, client.explain()]
      .flatMap((value) => [inspected(value), JSON.stringify(value), String(value)])
      .join('\n')
    const hidden = [clientSecret, token.reveal(), btoa(`${step}:${clientSecret}`)]
    return [hidden.map((text) => printed.includes(text)), printed.includes(token.fingerprint)]
  },
  'publishes-on-its-diagnostics-channel': async (step) => {
    const { subscribe, unsubscribe } = process.getBuiltinModule('node:diagnostics_channel')
    const heard = []
    const listen = ({ event }) => heard.push(event.type)
    subscribe('mintmark:client', listen)
    await clientFor(step).token()
    unsubscribe('mintmark:client', listen)
    return heard
  },
})
