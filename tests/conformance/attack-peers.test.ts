/**
 * The attack corpus against other verifiers, each configured as strictly as it can be: what they admit that the guard
 * refuses, as measured with the versions that are installed. None of it is a forgery, but where a fleet has several
 * verifiers, each of these is one token that means two things.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { publicJwkOf } from '@mintmark/jwt'
import { systemClock } from '@mintmark/runtime'
import {
  type AttackCorpus,
  type AttackRequest,
  createAttackCorpus,
  fixtureKeys,
  runAttackCorpus,
} from '@mintmark/testkit'
import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, exportSPKI, importJWK, type JWK, jwtVerify } from 'jose'

const required = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id']
const algorithms = ['ES256', 'EdDSA', 'RS256', 'PS256'] as const

/** The cases whose attack is in the token: what is around it is the business of no library but a guard. */
function tokensOf(corpus: AttackCorpus): Pick<AttackCorpus, 'cases'> {
  return {
    cases: corpus.cases.filter(({ class: attackClass, request }) => {
      return attackClass !== 'request' && request.url === '/'
    }),
  }
}

function tokenIn({ headers }: AttackRequest): string {
  return headers[0]?.[1].replace(/^bearer +/i, '') ?? ''
}

const corpus = createAttackCorpus()

async function admittedByJose(): Promise<Admitted> {
  const keys = createLocalJWKSet(corpus.keySet as unknown as { keys: JWK[] })
  const options = {
    ...{ issuer: corpus.issuer, audience: corpus.audience, typ: 'at+jwt' },
    ...{ algorithms: [...algorithms], clockTolerance: 5, requiredClaims: required },
    currentDate: new Date(corpus.nowSeconds * 1000),
  }
  return await admittedBy(corpus, async (token) => void (await jwtVerify(token, keys, options)))
}

async function admittedByFastJwt(): Promise<Admitted> {
  const pems = new Map<unknown, string>()
  for (const key of Object.values(fixtureKeys)) {
    const imported = await importJWK({ ...publicJwkOf(key) } as JWK, key.alg, { extractable: true })
    pems.set(key.kid, await exportSPKI(imported as Parameters<typeof exportSPKI>[0]))
  }
  const verify = createVerifier({
    key: async ({ header }: { header: { kid?: unknown } }) => pems.get(header.kid) ?? 'no key',
    ...{ algorithms: [...algorithms], allowedIss: corpus.issuer, allowedAud: corpus.audience },
    ...{ checkTyp: 'at+jwt', clockTolerance: 5_000, requiredClaims: required },
    clockTimestamp: corpus.nowSeconds * 1000,
  })
  return await admittedBy(corpus, async (token) => void (await verify(token)))
}

/** It has no clock to set and takes RS256 and ES256 only. */
async function admittedByAwsJwtVerify(): Promise<Admitted> {
  const current = createAttackCorpus({ nowSeconds: Math.floor(systemClock.wallMs() / 1000) })
  const { issuer, audience, goodKeySet } = current
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/keys` })
  verifier.cacheJwks(goodKeySet as unknown as Parameters<typeof verifier.cacheJwks>[0])
  return await admittedBy(current, async (token) => void verifier.verifySync(token))
}

interface Admitted {
  readonly attacks: ReadonlySet<string>
  readonly refusedGood: readonly string[]
}

async function admittedBy(
  { cases }: AttackCorpus,
  verify: (token: string) => Promise<void>,
): Promise<Admitted> {
  const report = await runAttackCorpus(tokensOf({ cases } as AttackCorpus), async (request) => {
    await verify(tokenIn(request))
    return true
  })
  return {
    attacks: new Set(report.admittedAttacks.map(({ id }) => id)),
    refusedGood: report.refusedGood.map(({ id }) => id),
  }
}

const peers = {
  jose: await admittedByJose(),
  'fast-jwt': await admittedByFastJwt(),
  'aws-jwt-verify': await admittedByAwsJwtVerify(),
}

/** Which of the verifiers in `peers` admit it: each entry is a difference from the guard, which refuses it. */
const DIFFERENCES: readonly (readonly [id: string, admittedBy: readonly (keyof typeof peers)[]])[] =
  [
    ['alias/tail-1', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['alias/tail-15', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['alias/padded', ['jose', 'aws-jwt-verify']],
    ['alias/space-inside', ['jose']],
    ['alias/line-end-inside', ['jose']],
    ['alias/signed-with-loose-payload-bits', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['duplicate-member/claim-aud-first', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['duplicate-member/header-alg-none-first-first', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['ambiguous-json/claims-octet-ff', ['fast-jwt', 'aws-jwt-verify']],
    ['ambiguous-json/claims-byte-order-mark', ['jose']],
    ['ambiguous-json/claims-lists-2500-deep', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['ambiguous-json/claims-lone-high-surrogate', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['instant/exp-beyond-a-double', ['jose', 'fast-jwt']],
    ['instant/exp-missing', ['aws-jwt-verify']],
    ['instant/issued-in-seventy-years', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['size/a-long-claim', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['header-extension/crit-unknown-extension', ['aws-jwt-verify']],
    ['header-extension/crit-null', ['fast-jwt', 'aws-jwt-verify']],
    ['token-type/id-token', ['aws-jwt-verify']],
    ['unfit-key/rsa-exponent-one-with-rs256', ['jose']],
    ['sender-binding/dpop', ['jose', 'fast-jwt', 'aws-jwt-verify']],
    ['claim-form/scope-list', ['jose', 'fast-jwt']],
  ]

/** What is no matter of strictness: whoever admits one of these has been broken into. */
const BREAKS = [
  'algorithm-confusion',
  'unsigned',
  'unknown-algorithm',
  'key-injection',
  'forged-signature',
  'forged-and-wrong',
  'issuer',
  'encrypted',
]

describe('other verifiers', () => {
  for (const [name, { attacks, refusedGood }] of Object.entries(peers)) {
    test(`like ${name} admit nothing that nobody signed, so the corpus is about tokens as they know them`, () => {
      const broken = [...attacks].filter((id) => BREAKS.includes(id.split('/')[0] ?? ''))
      assert.deepEqual(broken, [])
      assert.ok(refusedGood.length <= 2, refusedGood.join(' '))
    })
  }

  for (const [id, admittedByThese] of DIFFERENCES) {
    test(`differ about ${id}: ${admittedByThese.join(', ')} admit it, the guard does not [R1]`, () => {
      const found = Object.entries(peers).filter(([, { attacks }]) => attacks.has(id))
      assert.deepEqual(
        found.map(([name]) => name),
        admittedByThese,
      )
    })
  }

  test('admit more than a hundred and fifty attacks each that the guard refuses [R1]', () => {
    for (const { attacks } of Object.values(peers)) assert.ok(attacks.size > 150, `${attacks.size}`)
  })
})
