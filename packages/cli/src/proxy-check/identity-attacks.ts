/** Attacks on what the API is told about who is calling. */
import { identityNames } from '../forward-auth/identity-headers.ts'
import { oversizedFieldCharacters } from '../limits.ts'
import {
  type Aftermath,
  type Attack,
  aboutClientNames,
  askedForNames,
  isNobody,
  isToldTheTruth,
  request,
  SPOOFED,
} from './attack.ts'
import { valuesOf } from './raw-exchange.ts'

interface Described {
  readonly id: string
  readonly title: string
  readonly references?: readonly string[]
  readonly fields: readonly string[]
}

/** With a good token: the API is told what that says, or nothing reaches it. */
function withToken({ id, title, references = [], fields }: Described): Attack {
  return {
    ...{ id, title, references, fault: isToldTheTruth },
    message: ({ guarded, host, token }) =>
      request('GET', guarded, host, `Authorization: Bearer ${token}`, ...fields),
  }
}

/** On a path for everybody: the API is told nothing. */
function onOpenPath({ id, title, references = [], fields }: Described): Attack {
  return {
    ...{ id, title, references, fault: isNobody },
    message: ({ open, host }) =>
      open === undefined ? undefined : request('GET', open, host, ...fields),
  }
}

/** The identity fields in a spelling, each with a value of the attacker's. */
function spelt(spelling: (name: string) => string): readonly string[] {
  return identityNames.map((name) => `${spelling(name)}: ${SPOOFED}`)
}

const plain = spelt((name) => name)

const spellings: readonly Described[] = [
  { id: 'plain', title: 'identity fields sent by the client', fields: plain },
  { id: 'capitals', title: 'the same in capitals', fields: spelt((name) => name.toUpperCase()) },
  {
    id: 'underscores',
    title: 'the same with underscores',
    fields: spelt((name) => name.replaceAll('-', '_')),
  },
  {
    id: 'dots',
    title: 'the same with other separators',
    fields: spelt((name) => name.replaceAll('-', '.')),
  },
  { id: 'twice', title: 'the same twice', fields: [...plain, ...plain] },
  {
    id: 'empty',
    title: 'the same without a value',
    fields: identityNames.map((name) => `${name}:`),
  },
]

const ONLY_OPEN = ', on a path that takes no token'

const aliases = {
  title: 'aliases of X-Forwarded fields',
  references: ['CVE-2026-39858', 'CVE-2025-64484'],
  fields: ['X_Forwarded_For', 'X_Forwarded_Uri', 'X_Original_URI'].map(
    (name) => `${name}: ${SPOOFED}`,
  ),
}

const aboutClient = {
  title: 'fields that say who the client is, and what it calls the API',
  references: ['CVE-2026-3635'],
  fields: aboutClientNames.map((name) => `${name}: ${SPOOFED}`),
}

const forwarding = {
  title: 'fields that say what was asked for',
  references: ['CVE-2026-40575'],
  fields: askedForNames.map((name) => `${name}: /${SPOOFED}`),
}

const spoofs = ['GHSA-7r4p-vjf4-gxv4', 'CVE-2026-44087', 'CVE-2025-64484']

/** All of them. */
export const identityAttacks: readonly Attack[] = [
  { ...withToken({ id: 'honest', title: 'an honest request', fields: [] }), fault: isIdentified },
  ...spellings.map((each) => withToken({ ...each, id: `spoof-${each.id}`, references: spoofs })),
  ...spellings.map((each) =>
    onOpenPath({
      ...each,
      id: `open-${each.id}`,
      title: `${each.title}${ONLY_OPEN}`,
      references: spoofs,
    }),
  ),
  withToken({
    id: 'hidden-identity',
    title: 'a Connection field that names the identity fields',
    references: ['CVE-2024-45410'],
    fields: [`Connection: close, ${identityNames.join(', ')}`],
  }),
  withToken({
    id: 'hidden-token',
    title: 'a Connection field that names Authorization',
    references: ['CVE-2024-45410'],
    fields: ['Connection: close, authorization'],
  }),
  withToken({ ...aliases, id: 'aliased-forwarding' }),
  onOpenPath({ ...aliases, id: 'open-aliased', title: `${aliases.title}${ONLY_OPEN}` }),
  withToken({ ...aboutClient, id: 'about-client' }),
  onOpenPath({
    ...aboutClient,
    id: 'open-about-client',
    title: `${aboutClient.title}${ONLY_OPEN}`,
  }),
  withToken({ ...forwarding, id: 'forwarding' }),
  onOpenPath({ ...forwarding, id: 'open-forwarding', title: `${forwarding.title}${ONLY_OPEN}` }),
  withToken({
    id: 'hidden-by-old-fields',
    title: 'identity fields named by what old servers take for Connection',
    fields: ['Proxy-Connection', 'Keep-Alive'].map((name) => `${name}: ${identityNames.join()}`),
  }),
  withToken({
    id: 'oversized',
    title: 'a field that is far too long',
    fields: [`X-Long: ${'a'.repeat(oversizedFieldCharacters)}`],
  }),
]

function isIdentified({ reached: [each] }: Aftermath): string | undefined {
  const missing = identityNames.find((name) => {
    const values = each === undefined ? [] : valuesOf(each, name)
    return values.length !== 1 || values[0] === ''
  })
  return missing === undefined ? undefined : `the API is not told ${missing}`
}
