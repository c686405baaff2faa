/** A server that does nothing, to show how much a load generator can do. */
import { createServer } from 'node:http'
import { announce, listenAnywhere } from './server-ready.ts'

const BODY = '{"ok":true}'
const HEAD = ['Content-Type', 'application/json', 'Content-Length', String(BODY.length)]

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, HEAD).end(BODY)
})

announce({ port: await listenAnywhere(server), issuer: '', tokenPath: '/', jwksPath: '/' })
