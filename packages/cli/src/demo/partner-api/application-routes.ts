/** What partners do: hand in an application, and read it and its decision. The guard has let them in already. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Admission } from '@mintmark/resource-server'
import type { AdmittedListener } from '@mintmark/resource-server/node'
import { answer, problem } from './answers.ts'
import {
  type Application,
  applicationDocument,
  decisionDocument,
  readDraft,
} from './application.ts'
import type { ApplicationStore } from './application-store.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { readJsonBody } from './request-body.ts'
import { identifierIn, pathOf } from './route.ts'

/** The listeners behind the guard. */
export interface ApplicationRoutes {
  readonly apply: AdmittedListener
  readonly show: AdmittedListener
  readonly showDecision: AdmittedListener
  readonly listDecisions: AdmittedListener
}

/** Makes them. @param door - The path that locations start with. */
export function createApplicationRoutes(
  door: string,
  applications: ApplicationStore,
): ApplicationRoutes {
  const shown =
    (document: (application: Application) => object): AdmittedListener =>
    ({ url = '' }, response, { clientId }) => {
      const application = applications.find(clientId, identifierIn(pathOf(url)))
      if (application === undefined) problem(response, 404, 'Not Found')
      else answer(response, 200, document(application))
    }
  return {
    apply: (request, response, admission) => take(request, response, admission, applications, door),
    show: shown(applicationDocument),
    showDecision: shown(decisionDocument),
    listDecisions: (_request, response, { clientId }) =>
      answer(response, 200, { decisions: applications.latest(clientId).map(decisionDocument) }),
  }
}

const TITLES = {
  ...{ 400: 'Bad Request', 413: 'Content Too Large', 415: 'Unsupported Media Type' },
} as const

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  { clientId }: Admission,
  applications: ApplicationStore,
  door: string,
): Promise<void> {
  const key = readIdempotencyKey(request.headers['idempotency-key'])
  if (key === 'malformed') {
    return problem(response, 400, 'Bad Request', { detail: 'The Idempotency-Key is malformed' })
  }
  const body = await readJsonBody(request)
  if ('status' in body) {
    // Whatever is still on its way is not read, so the connection is of no further use.
    const fields = body.status === 413 ? { connection: 'close' } : {}
    return problem(response, body.status, TITLES[body.status], {}, fields)
  }
  const read = readDraft(body.text)
  if (read === 'malformed') return problem(response, 400, TITLES[400])
  if ('faults' in read) {
    return problem(response, 422, 'Unprocessable Content', { errors: read.faults })
  }
  const taken = applications.take(clientId, read.draft, key)
  if (taken === 'key_used_otherwise') {
    const detail = 'The Idempotency-Key was used for another application'
    return problem(response, 422, 'Unprocessable Content', { detail })
  }
  const { application } = taken
  const location = `${door}/applications/${application.id}`
  return answer(response, 201, applicationDocument(application), { location })
}
