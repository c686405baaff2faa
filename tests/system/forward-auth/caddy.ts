/** Caddy with the Caddyfile of `deploy/caddy`. */
import { startCaddy } from '@mintmark/testkit'
import { changed, type ShippedProxy, shippedFiles } from './shipped-proxy.ts'

const file = 'Caddyfile'
const files = shippedFiles('caddy', [file])

export const caddy: ShippedProxy = {
  ...{ name: 'Caddy', mode: 'generic', lacks: [], apiOutage: 502 },
  async start(test, { guard, api }, changes = []) {
    const server = await startCaddy((port) => {
      const { [file]: text = '' } = changed(files, [
        ...changes,
        [file, 'http://:8080 {', `http://:${port} {\n\tbind 127.0.0.1`],
        [file, '127.0.0.1:8081', guard.replace('http://', '')],
        [file, '127.0.0.1:3000', `127.0.0.1:${api}`],
      ])
      return text
    })
    test.after(() => server.stop())
    return server
  },
}
