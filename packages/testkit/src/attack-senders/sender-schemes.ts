/** Bound tokens without their proof, unbound ones with one, and requests with several (RFC 9449 section 7). */
import { type SenderCase, type SenderRequest, type SenderRow, senderCases } from './sender-case.ts'
import { dpopFields, type SenderWorkshop } from './sender-workshop.ts'

/** Cases of the class `scheme`. */
export function senderSchemes(workshop: SenderWorkshop): readonly SenderCase[] {
  const { path } = workshop
  const carrying = (...headers: SenderRequest['headers']): SenderRequest => {
    return { method: 'GET', url: path, headers }
  }
  const schemes = (why: string, rows: readonly SenderRow[], rule: string) =>
    senderCases('scheme', rule, why, rows)
  return [
    ...schemes(
      'A bound token that passes as Bearer is no better than one that is not bound.',
      downgrades(workshop, carrying),
      'RFC 9449 section 7.2',
    ),
    ...schemes(
      'A proof beside a token that names no key proves nothing about its sender.',
      unbound(workshop, carrying),
      'RFC 9449 section 7.1',
    ),
    ...schemes(
      'Of two proofs the verifier may check one, and what is behind it believe the other.',
      several(workshop, carrying),
      'RFC 9449 section 4.3 rule 1',
    ),
    ...schemes(
      'Token and proof come in their fields and nowhere else.',
      elsewhere(workshop, carrying),
      'RFC 9449 section 7.1',
    ),
  ]
}

type Carrying = (...headers: SenderRequest['headers']) => SenderRequest

function downgrades(workshop: SenderWorkshop, carrying: Carrying): readonly SenderRow[] {
  const { token } = workshop
  const proof = workshop.proof({ name: 'downgrade' })
  const rows: readonly (readonly [string, SenderRequest])[] = [
    ['bearer-without-proof', carrying(['authorization', `Bearer ${token}`])],
    ['bearer-with-proof', carrying(['authorization', `Bearer ${token}`], ['dpop', proof])],
    ['bearer-in-lower-case', carrying(['authorization', `bearer ${token}`])],
  ]
  return rows.map(([name, request]) => ({ name, expect: 'sender_constrained', request }))
}

function unbound(workshop: SenderWorkshop, carrying: Carrying): readonly SenderRow[] {
  const token = workshop.boundTo(undefined)
  const proof = workshop.proof({ name: 'unbound', token })
  const rows: readonly (readonly [string, SenderRequest])[] = [
    ['unbound-with-proof', carrying(...dpopFields(token, proof))],
    ['unbound-without-proof', carrying(...dpopFields(token))],
  ]
  return rows.map(([name, request]) => ({ name, expect: 'token_not_bound', request }))
}

function several(workshop: SenderWorkshop, carrying: Carrying): readonly SenderRow[] {
  const { token } = workshop
  const proof = (name: string) => workshop.proof({ name: `several-${name}` })
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['two-proofs', [proof('a'), proof('b')]],
    ['one-proof-twice', [proof('c'), proof('c')]],
    ['garbage-first', ['garbage', proof('d')]],
    ['garbage-last', [proof('e'), 'garbage']],
    ['empty-first', ['', proof('f')]],
    ['three-proofs', [proof('g'), proof('h'), proof('i')]],
    ['joined-by-comma', [`${proof('j')}, ${proof('k')}`]],
    ['joined-by-comma-alone', [`${proof('l')},${proof('m')}`]],
    ['comma-behind', [`${proof('n')},`]],
  ]
  const bearer = ['authorization', `Bearer ${workshop.boundTo(undefined)}`] as const
  return [
    ...rows.map(
      ([name, proofs]): SenderRow => ({
        ...{ name, expect: 'proof_repeated' },
        request: carrying(...dpopFields(token, ...proofs)),
      }),
    ),
    {
      ...{ name: 'bearer-beside', expect: 'repeated_credentials' },
      request: carrying(...dpopFields(token, proof('o')), bearer),
    },
    {
      ...{ name: 'bearer-before', expect: 'repeated_credentials' },
      request: carrying(bearer, ...dpopFields(token, proof('p'))),
    },
  ]
}

function elsewhere(workshop: SenderWorkshop, carrying: Carrying): readonly SenderRow[] {
  const { token, path } = workshop
  const proof = (name: string) => workshop.proof({ name: `elsewhere-${name}` })
  const scheme = ['authorization', `DPoP ${token}`] as const
  const missing = (name: string, ...more: SenderRequest['headers']): SenderRow => ({
    ...{ name, expect: 'proof_missing', request: carrying(scheme, ...more) },
  })
  return [
    missing('without-proof'),
    missing('proof-in-a-field-with-underscore', ['dpop_', proof('a')]),
    missing('proof-in-a-field-of-its-own', ['x-dpop', proof('b')]),
    missing('proof-in-a-cookie', ['cookie', `dpop=${proof('c')}`]),
    {
      ...{ name: 'token-in-query-alone', expect: 'no_credentials' },
      request: { ...carrying(['dpop', proof('d')]), url: `${path}?access_token=${token}` },
    },
    {
      ...{ name: 'token-in-query-too', expect: 'token_in_query' },
      request: {
        ...carrying(...dpopFields(token, proof('e'))),
        url: `${path}?access_token=${token}`,
      },
    },
  ]
}
