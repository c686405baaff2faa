/**
 * Verifiers that forgive what they cannot read, each as some real one did. For attacks in which there is nothing that a
 * rule about claims could admit: what stops those is that whatever cannot be read is refused.
 */
import {
  createPublicKey,
  type JsonWebKeyInput,
  constants as nodeConstants,
  verify,
} from 'node:crypto'
import type { AttackCase, AttackCorpus } from '@mintmark/testkit'

/** One of them. */
export interface Forgiving {
  /** What it does, behind "a verifier that". */
  readonly flaw: string
  /** The attacks that it falls for. */
  readonly ids: readonly string[]
  fallsFor(attack: AttackCase): boolean
}

const GOOD_LOOKING = /[\w-]+\.[\w-]+\.[\w-]+/

/** Octets or segments that nobody should look at before he knows how many there are. */
const FAR_TOO_MANY = 100_000

/** All of them, for one corpus. */
export function forgivingVerifiers(corpus: AttackCorpus): readonly Forgiving[] {
  const good = corpus.cases.find(({ id }) => id === 'good/es256')?.token ?? ''
  const isRight = (token: string): boolean => token === good
  return [
    {
      flaw: 'takes whoever has nothing readable for nobody, and lets nobody in',
      ids: named(
        'request',
        ...['no-credentials', 'empty-field', 'bare-scheme', 'bare-scheme-with-space'],
        ...['bare-scheme-with-spaces', 'comma-alone', 'null', 'undefined', 'object'],
        ...['placeholder', 'letters-beyond-ascii'],
      ),
      fallsFor: ({ request }) => !GOOD_LOOKING.test(request.headers[0]?.[1] ?? ''),
    },
    {
      flaw: 'looks for the token in whatever the field says',
      ids: named('request', 'scheme-twice', 'token-as-parameter'),
      fallsFor: ({ request }) =>
        isRight(GOOD_LOOKING.exec(request.headers[0]?.[1] ?? '')?.[0] ?? ''),
    },
    {
      flaw: 'asks nothing of the claims, or takes what it cannot read for none',
      ids: [
        ...named('header-extension', 'zip', 'b64-false-unencoded'),
        ...named('encrypted', 'token-in-a-token'),
        ...named(
          'ambiguous-json',
          ...['list', 'list-of-claims', 'text', 'number', 'null', 'true', 'space', 'cut'].map(
            ofClaims,
          ),
          ...['lists-without-end', 'utf-16', 'utf-16-with-mark', 'line-end-in-text'].map(ofClaims),
          'claims-exp-not-a-number',
        ),
      ],
      fallsFor: ({ token = '' }) => isSignedSomehow(corpus, token),
    },
    {
      flaw: 'takes a header that it cannot read for one without an algorithm, and that for none',
      ids: [
        ...named('unsigned', 'empty-header', 'empty-segments'),
        ...named(
          'ambiguous-json',
          ...['list', 'list-with-header', 'text', 'null', 'empty-object', 'cut', 'utf-16'].map(
            (name) => `header-${name}`,
          ),
        ),
      ],
      fallsFor: ({ token = '' }) => algorithmIn(token) === undefined,
    },
    {
      flaw: 'checks a signature where there is one',
      ids: [
        ...named('unsigned', 'header-alone', 'empty-segments', 'empty-payload'),
        'encrypted/five-empty-segments',
      ],
      fallsFor: ({ token = '' }) => (token.split('.')[2] ?? '') === '' || !payloadIn(token),
    },
    {
      flaw: 'leaves what is encrypted to whoever can decrypt it',
      ids: named(
        'encrypted',
        ...['direct', 'rsa-oaep', 'rsa-1-5', 'ecdh-off-the-curve', 'pbes2-billions-of-rounds'],
        ...['compressed', 'nested', 'five-empty-segments'],
      ),
      fallsFor: ({ token = '' }) => token.split('.').length === 5,
    },
    {
      flaw: 'remembers tokens without their letter case',
      ids: ['alias/in-capitals'],
      fallsFor: ({ token = '' }) => token.toLowerCase() === good.toLowerCase(),
    },
    {
      flaw: 'decodes until it finds a token',
      ids: ['alias/base64-once-more'],
      fallsFor: ({ token = '' }) => isRight(Buffer.from(token, 'base64').toString()),
    },
    {
      flaw: 'looks at all of a token before it counts',
      ids: named(
        'size',
        ...['a-million-dots', 'a-hundred-thousand-segments', 'a-million-letters'],
        ...['a-million-letters-in-the-header', 'a-million-letters-in-the-payload'],
      ),
      fallsFor: ({ token = '' }) => workOf(token) >= FAR_TOO_MANY,
    },
  ]
}

function named(attackClass: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => `${attackClass}/${name}`)
}

const ofClaims = (name: string): string => `claims-${name}`

/** Signed right over whatever stands between the first dot and the last. */
function isSignedSomehow({ goodKeySet }: AttackCorpus, token: string): boolean {
  const last = token.lastIndexOf('.')
  const { alg, kid } = JSON.parse(decoded(token.slice(0, token.indexOf('.'))))
  const found = goodKeySet.keys.find((key) => key.kid === kid)
  const key = createPublicKey({ key: found, format: 'jwk' } as JsonWebKeyInput)
  const pss = { padding: nodeConstants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const options = { key, dsaEncoding: 'ieee-p1363', ...(alg === 'PS256' ? pss : {}) } as const
  const signature = Buffer.from(token.slice(last + 1), 'base64url')
  return verify('sha256', Buffer.from(token.slice(0, last)), options, signature)
}

function algorithmIn(token: string): unknown {
  try {
    return JSON.parse(decoded(token.split('.')[0] ?? '')).alg
  } catch {
    return undefined
  }
}

function payloadIn(token: string): string {
  return decoded(token.split('.')[1] ?? '')
}

function decoded(segment: string): string {
  return Buffer.from(segment, 'base64url').toString()
}

/** Segments, and octets in them, that a reader decodes who does not count first. */
function workOf(token: string): number {
  const segments = token.split('.')
  return segments.reduce((sum, segment) => sum + 1 + Buffer.from(segment, 'base64url').length, 0)
}
