/** The authorization server beside routes of a program's own, on `node:http`. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AuthorizationServer } from '@mintmark/authorization-server'

/** For `http.createServer` and `https.createServer`. */
export function nodeProgram(server: AuthorizationServer): RequestListener {
  return (request, response) => {
    server.listener(request, response, () => ownRoutes(request, response))
  }
}

function ownRoutes({ url }: IncomingMessage, response: ServerResponse): void {
  const isMine = url === '/mine'
  response.writeHead(isMine ? 200 : 404, { 'content-type': 'text/plain' })
  response.end(isMine ? 'mine' : 'nothing here')
}
