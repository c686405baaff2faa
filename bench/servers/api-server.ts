/** A small API behind a bearer token, and the token endpoint that hands out this one token. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { API_TOKEN } from './api-token.ts'
import { announce, listenAnywhere } from './server-ready.ts'

const AUTHORIZATION = `Bearer ${API_TOKEN}`
const ORDER = JSON.stringify({ id: 4711, state: 'shipped', lines: [{ article: 'mint', count: 3 }] })
const TOKEN = JSON.stringify({ access_token: API_TOKEN, token_type: 'Bearer', expires_in: 3_600 })

function listener(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  if (request.method === 'POST') answer(response, 200, TOKEN)
  else if (request.headers.authorization === AUTHORIZATION) answer(response, 200, ORDER)
  else answer(response, 401, '{}')
}

function answer(response: ServerResponse, status: number, body: string): void {
  const head = ['Content-Type', 'application/json', 'Content-Length', String(body.length)]
  response.writeHead(status, head).end(body)
}

const port = await listenAnywhere(createServer(listener))
announce({ port, issuer: '', tokenPath: '/token', jwksPath: '' })
