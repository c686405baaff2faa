/** Attacks that try to get past the guard: without a token, or to the guard itself. */
import { identityNames } from '../forward-auth/identity-headers.ts'
import {
  type Aftermath,
  type Attack,
  askedForNames,
  isKeptOut,
  isNobody,
  request,
  SPOOFED,
} from './attack.ts'
import { valuesOf } from './raw-exchange.ts'

function withoutToken(id: string, title: string, ...fields: readonly string[]): Attack {
  return {
    ...{ id, title, references: [], fault: isKeptOut },
    message: ({ guarded, host }) => request('GET', guarded, host, ...fields),
  }
}

/** Fields in which some proxies say where a request wants to go. */
const openByField = ['X-Original-URI', 'X-Forwarded-Uri', 'X-Rewrite-URL'].map(
  (name): Attack => ({
    id: `open-by-${name.toLowerCase()}`,
    title: `${name} that names a path for everybody`,
    references: ['CVE-2026-40575'],
    message: ({ guarded, open = '/', host }) => request('GET', guarded, host, `${name}: ${open}`),
    fault: isKeptOut,
  }),
)

/** Ways out of the path for everybody that proxies and APIs may understand differently. */
const detours = [
  ...['/../', '/%2e%2e/', '/..%2f', '/.%2e//', '//../', '\\..\\', '/;/../', '/..;/', '/..;a=b/'],
  ...['/%2e%2e;/', '/x\\..\\..\\', '/x%5c..%5c..%5c', '/\\../', '/.;/../'],
].map(
  (step, at): Attack => ({
    id: `path-${at + 1}`,
    title: `a path that leaves the one for everybody by ${step}`,
    references: ['GHSA-6jwx-7vp4-9847'],
    message({ guarded, open, host }) {
      const start = open?.split('?', 1)[0]?.replace(/\/[^/]*$/, '')
      if (start === undefined) return undefined
      return request('GET', `${start}${step}${guarded.slice(1)}`, host)
    },
    fault: (aftermath) => reachedByDetour(aftermath) ?? isNobody(aftermath),
  }),
)

const guardItself = ['/_mintmark/token', '/check', '/check?scope='].map(
  (path, at): Attack => ({
    ...{ id: `endpoint-${at + 1}`, title: `the guard itself, asked at ${path}`, references: [] },
    message: ({ host, token }) => request('GET', path, host, `Authorization: Bearer ${token}`),
    fault: ({ answers }) =>
      answers.some((answer) => valuesOf(answer, identityNames[0]).some((value) => value !== ''))
        ? 'clients can ask the guard through the proxy'
        : undefined,
  }),
)

/** All of them. */
export const bypassAttacks: readonly Attack[] = [
  {
    ...withoutToken('no-token', 'no token'),
    fault: (aftermath) => isKeptOut(aftermath) ?? isChallenged(aftermath),
  },
  withoutToken('bad-token', 'a token that is none', 'Authorization: Bearer a.b.c'),
  withoutToken(
    'identity-alone',
    'identity fields instead of a token',
    ...identityNames.map((name) => `${name}: ${SPOOFED}`),
  ),
  ...openByField,
  withoutToken(
    'open-by-method',
    'fields that name a harmless method',
    ...['X-Original-Method', 'X-Forwarded-Method', 'X-HTTP-Method-Override'].map(
      (name) => `${name}: OPTIONS`,
    ),
  ),
  {
    ...{ id: 'token-in-query', title: 'a token in the query beside a good one', references: [] },
    message({ guarded, host, token }) {
      const path = `${guarded}${guarded.includes('?') ? '&' : '?'}access_token=${token}`
      return request('GET', path, host, `Authorization: Bearer ${token}`)
    },
    fault: ({ reached }) =>
      reached.length > 0 ? 'the guard does not see what the client asks for' : undefined,
  },
  {
    ...{
      id: 'hidden-query',
      title: 'the same, hidden by Connection',
      references: ['CVE-2024-45410'],
    },
    message({ guarded, host, token }) {
      const path = `${guarded}${guarded.includes('?') ? '&' : '?'}access_token=${token}`
      const hidden = `Connection: close, ${askedForNames.join(', ')}`
      return request('GET', path, host, `Authorization: Bearer ${token}`, hidden)
    },
    fault: ({ reached }) =>
      reached.length > 0 ? 'clients can keep from the guard what they ask for' : undefined,
  },
  {
    ...{ id: 'absolute-target', title: 'a target with another host', references: [] },
    message: ({ guarded, host }) => request('GET', `http://other.example${guarded}`, host),
    fault: isKeptOut,
  },
  ...detours,
  ...guardItself,
]

/** RFC 9110 section 15.5.2: a 401 comes with a challenge; here with one. */
function isChallenged({ answers: [answer] }: Aftermath): string | undefined {
  if (answer?.status !== 401) return 'it was not answered with 401'
  return valuesOf(answer, 'www-authenticate').length === 1
    ? undefined
    : 'the 401 does not have one challenge'
}

/** What an API may make of a target that it decodes and resolves. */
function reachedByDetour({ reached, target }: Aftermath): string | undefined {
  const wanted = readingsOf(target.guarded)
  const isDetour = reached.some((each) =>
    readingsOf(each.target).some((reading) => wanted.includes(reading)),
  )
  return isDetour ? 'the API may take it for the path that takes a token' : undefined
}

/** Some programs take what is behind a semicolon for parameters of a step, others for a part of its name. */
function readingsOf(target: string): readonly string[] {
  let path = target.split('?', 1)[0] ?? ''
  try {
    path = decodeURIComponent(path)
  } catch {
    // As it stands.
  }
  return [path, path.replaceAll(/;[^/\\]*/g, '')].map((reading) => {
    const slashes = reading.replaceAll('\\', '/').replaceAll(/\/+/g, '/')
    return new URL(`http://api.example${slashes}`).pathname
  })
}
