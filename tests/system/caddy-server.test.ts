/** The real Caddy of the test kit: it stays on its port, and says what is wrong with a configuration. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemTransport } from '@mintmark/runtime'
import { startCaddy } from '@mintmark/testkit'

const offline = '{\n\tadmin off\n\tauto_https off\n}\n'
const site = (port: number, directives: string) =>
  `${offline}http://:${port} {\n\tbind 127.0.0.1\n\t${directives}\n}\n`

describe('a Caddy for a test', () => {
  it('answers on a port of its own, and is gone when it was stopped', async () => {
    const caddy = await startCaddy((port) => site(port, 'respond "here"'))
    assert.equal(await (await systemTransport(caddy.origin)).text(), 'here')
    assert.match(caddy.log(), /serving initial configuration/)
    await caddy.stop()
    await assert.rejects(async () => await systemTransport(caddy.origin))
  })

  it('does not start with an administration endpoint, or where it would look for certificates', async () => {
    for (const wanted of ['admin off', 'auto_https off']) {
      const file = site(1, 'respond "here"').replace(wanted, '')
      await assert.rejects(() => startCaddy(() => file), { message: new RegExp(wanted) })
    }
  })

  it('says in its own words what it does not take', async () => {
    await assert.rejects(() => startCaddy((port) => site(port, 'no_such_directive')), {
      message: /unrecognized directive: no_such_directive/,
    })
  })
})
