/**
 * The reference: how fast the wire work of a token request can be on `node:http` when nothing is checked that the
 * benchmark does not send. Not a server to copy: a whole Authorization value is looked up in a map, requests seen
 * before are recognised by their bytes, and whatever is not understood is a 401.
 *
 * It signs as ours does, all requests of one turn of the event loop back to back, so that it shows what checking,
 * policy and events cost and not a different way to sign. Told otherwise, it signs each request by itself, which is how
 * such servers are usually written.
 */
import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { benchClients, RESOURCE } from '../load/token-workload.ts'
import { announce, listenAnywhere, serverArgument } from './server-ready.ts'

const LIFETIME_SECONDS = 900
const KNOWN_REQUESTS_MAX = 10_000

const {
  clients,
  alg = 'ES256',
  signsTurns = true,
} = serverArgument<{
  readonly clients: number
  readonly alg?: 'ES256' | 'RS256'
  readonly signsTurns?: boolean
}>()
const isRsa = alg === 'RS256'
const { privateKey } = isRsa
  ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
  : generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'lean', alg }
const jwkSet = JSON.stringify({ keys: [jwk] })
const header = base64url(JSON.stringify({ alg, typ: 'at+jwt', kid: 'lean' }))
const clientIds = new Map(
  benchClients(clients).map(({ id, secret }) => [`Basic ${btoa(`${id}:${secret}`)}`, id]),
)
const refusal = '{"error":"invalid_client"}'
const refusalHead = headOf(refusal.length)

/** The parts of an answer that stay the same for one client and body. */
interface Known {
  /** The claims before `iat`. */
  readonly claims: string
  readonly answerTail: string
}

const known = new Map<string, Known>()
let waiting: { readonly request: Known; readonly response: ServerResponse }[] = []

const server = createServer((request, response) => {
  if (request.method === 'GET') return answer(response, jwkSet)
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const clientId = clientIds.get(request.headers.authorization ?? '')
    if (clientId === undefined) {
      response.writeHead(401, refusalHead).end(refusal)
      return
    }
    const body = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString(
      'latin1',
    )
    if (waiting.length === 0 && signsTurns) setImmediate(signTurn)
    waiting.push({ request: recognise(clientId, body), response })
    if (!signsTurns) signTurn()
  })
})
const port = await listenAnywhere(server)
const issuer = `http://127.0.0.1:${port}`
announce({ port, issuer, tokenPath: '/token', jwksPath: '/jwks' })

function recognise(clientId: string, body: string): Known {
  const name = `${clientId}\n${body}`
  const found = known.get(name)
  if (found !== undefined) return found
  const form = new URLSearchParams(body)
  const scope = form.get('scope') ?? ''
  const claims = { iss: issuer, sub: clientId, aud: RESOURCE, client_id: clientId, scope }
  const made = {
    claims: `${JSON.stringify(claims).slice(0, -1)},"iat":`,
    answerTail: `","scope":${JSON.stringify(scope)}}`,
  }
  if (known.size < KNOWN_REQUESTS_MAX) known.set(name, made)
  return made
}

function signTurn(): void {
  const turn = waiting
  waiting = []
  const nowSeconds = Math.floor(Date.now() / 1000)
  const times = `${nowSeconds},"exp":${nowSeconds + LIFETIME_SECONDS},"jti":"`
  const tokens = turn.map(({ request }) => token(request.claims + times))
  for (const [at, { request, response }] of turn.entries()) {
    const head = `{"token_type":"Bearer","expires_in":${LIFETIME_SECONDS},"access_token":"`
    answer(response, head + tokens[at] + request.answerTail)
  }
}

function token(claimsHead: string): string {
  const input = `${header}.${base64url(`${claimsHead}${randomUUID()}"}`)}`
  const signature = sign('sha256', Buffer.from(input, 'latin1'), privateKey)
  return `${input}.${(isRsa ? signature : joined(signature)).toString('base64url')}`
}

/** The two integers of a DER signature, 32 octets each, side by side (RFC 7518 section 3.4). */
function joined(der: Buffer): Buffer {
  const both = Buffer.alloc(64)
  const rLength = der[3] as number
  copyInteger(der, 4, rLength, both, 0)
  copyInteger(der, 6 + rLength, der[5 + rLength] as number, both, 32)
  return both
}

/** DER has a zero in front of a high bit and leaves leading zeros out. */
function copyInteger(der: Buffer, start: number, length: number, into: Buffer, at: number): void {
  const skipped = Math.max(0, length - 32)
  der.copy(into, at + 32 - (length - skipped), start + skipped, start + length)
}

function base64url(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64url')
}

function headOf(length: number): string[] {
  const noStore = ['Cache-Control', 'no-store']
  return ['Content-Type', 'application/json', 'Content-Length', String(length), ...noStore]
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, headOf(body.length)).end(body)
}
