/** nginx with the files of `deploy/nginx`. */
import { startNginx } from '@mintmark/testkit'
import { changed, type ShippedProxy, shippedFiles } from './shipped-proxy.ts'

const files = shippedFiles('nginx', [
  'conf.d/api.conf',
  ...['admitted', 'anonymous', 'check', 'refusals'].map((name) => `mintmark/${name}.conf`),
])

export const nginx: ShippedProxy = {
  ...{ name: 'nginx', mode: 'nginx', lacks: [], apiOutage: 502 },
  async start(test, { guard, api }, changes = []) {
    const server = await startNginx((port) =>
      changed(files, [
        ...changes,
        ['conf.d/api.conf', 'listen 127.0.0.1:8080;', `listen 127.0.0.1:${port};`],
        ['conf.d/api.conf', 'server 127.0.0.1:8081;', `server ${guard.replace('http://', '')};`],
        ['conf.d/api.conf', 'server 127.0.0.1:3000;', `server 127.0.0.1:${api};`],
      ]),
    )
    test.after(() => server.stop())
    return server
  },
}
