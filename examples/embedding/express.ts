/** The authorization server in Express. */
import type { AuthorizationServer } from '@mintmark/authorization-server'
import express, { type Express } from 'express'

/** One `use`, before the body parsers. */
export function expressProgram(server: AuthorizationServer): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(server.listener)
  app.use(express.json(), express.urlencoded({ extended: false }))
  app.get('/mine', (_request, response) => void response.send('mine'))
  return app
}

/** The same where body parsers come first and cannot be moved. */
export function expressProgramWithParsersFirst(server: AuthorizationServer): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(express.json(), express.urlencoded({ extended: false }))
  app.use(server.listener)
  app.get('/mine', (_request, response) => void response.send('mine'))
  return app
}

/** Below a prefix that is the path of the issuer; the metadata document is elsewhere, and mounted there. */
export function expressProgramBelow(prefix: string, server: AuthorizationServer): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(prefix, server.listener)
  app.use('/.well-known/oauth-authorization-server', server.listener)
  app.get('/mine', (_request, response) => void response.send('mine'))
  return app
}
