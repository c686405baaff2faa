/**
 * Tokens that are wrong in ways nobody thought of: a good one with one to four changes, anywhere from a claim to the
 * last character, signed again or not. A number says which, so that what fails can be made again.
 */
import { encodeBase64url, type SignatureAlgorithm } from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'
import { attackerKeys, fixtureKeys } from '../fixture-keys.ts'
import { seededRandom } from '../seeded-random.ts'
import { type AttackCorpusOptions, corpusFacts } from './attack-corpus.ts'
import { attackWorkshop, type CorpusFacts } from './attack-workshop.ts'
import { signatureOf } from './corpus-signatures.ts'

/** A changed token and what was changed. */
export interface MutatedToken {
  readonly token: string
  /** In the order in which it was done. */
  readonly changes: readonly string[]
}

/** A member of a JSON object as text: what makes no sense to a parser can be written, too. */
type Member = readonly [name: string, value: string]

/** A token that is being changed, part by part. */
interface Draft {
  header: readonly Member[]
  claims: readonly Member[]
}

const VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-1',
  '1e400',
  '1e3',
  '""',
  '"x"',
  '"at+jwt"',
  '"JWT"',
  '"none"',
  '"HS256"',
  '"ES256"',
  '"RS256"',
  '"EdDSA"',
  '[]',
  '{}',
  '[null]',
  '["x","y"]',
  '{"x":1,"x":2}',
  '"\\ud800"',
  '"\\u0000"',
  '[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]',
  '9007199254740993',
  'NaN',
  '"a  b"',
  '"a b"',
]

const NAMES = ['crit', 'b64', 'nbf', 'cnf', 'jwk', 'jku', 'x', '__proto__', 'AUD', 'zip', 'kid']
const ODD_CHARACTERS = [' ', '\n', '=', '.', '+', '/', '\0', '\u00a0', '?', '%', '"', 'é', 'A', '_']
const ODD_OCTETS = [0x00, 0x20, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x80, 0xc0, 0xed, 0xef, 0xff]

/**
 * The token of that number. The same for the same number and options, always.
 *
 * @param seed - An integer from 0 to 2^32-1.
 * @param options - As for the corpus; the default algorithm is `EdDSA` here, which signs fastest.
 */
export function mutatedToken(seed: number, options: AttackCorpusOptions = {}): MutatedToken {
  const facts = corpusFacts({ algorithm: 'EdDSA', ...options })
  const dice = diceFrom(seededRandom(seed))
  const changes: string[] = []
  const draft = draftOf(facts)
  for (let left = dice(3) + 1; left > 0; left -= 1) {
    if (dice(5) > 0) changes.push(changeMembers(draft, facts, dice))
  }
  const parts = [draft.header, draft.claims].map((members) => Buffer.from(written(members, dice)))
  const changed = parts.map((octets, at) => {
    if (dice(6) > 0) return octets
    changes.push(`${at === 0 ? 'header' : 'claims'}: octets changed`)
    return changedOctets(octets, dice)
  })
  const signed = sealed(changed, facts.algorithm, dice, changes)
  return { token: dice(5) > 0 ? signed : changedText(signed, dice, changes), changes }
}

/** A number from 0 to one below `sides`. */
type Dice = (sides: number) => number

function diceFrom(random: RandomSource): Dice {
  return (sides) => {
    const [high = 0, low = 0] = random.bytes(2)
    return (high * 256 + low) % sides
  }
}

function picked<Value>(list: readonly Value[], dice: Dice): Value {
  return list[dice(list.length)] as Value
}

function draftOf(facts: CorpusFacts): Draft {
  const workshop = attackWorkshop(facts)
  const members = (text: string) =>
    Object.entries(JSON.parse(text)).map(
      ([name, value]): Member => [JSON.stringify(name), JSON.stringify(value)],
    )
  return { header: members(workshop.headerText()), claims: members(workshop.claimsText()) }
}

/** Changes one member, and says which. Every second change leaves the meaning as it is. */
function changeMembers(draft: Draft, facts: CorpusFacts, dice: Dice): string {
  const part = dice(3) === 0 ? 'header' : 'claims'
  const members = draft[part]
  const at = dice(members.length)
  const [name = '""', value = 'null'] = members[at] ?? []
  const replaced = (...by: readonly Member[]) => [
    ...members.slice(0, at),
    ...by,
    ...members.slice(at + 1),
  ]
  switch (dice(10)) {
    case 0:
      draft[part] = replaced()
      return `${part}: ${name} left out`
    case 1:
      draft[part] = replaced([name, picked(VALUES, dice)])
      return `${part}: ${name} replaced`
    case 2:
      draft[part] = replaced([name, nearValue(name, value, facts, dice)])
      return `${part}: ${name} nearly right`
    case 3:
      draft[part] = replaced([name, value], [name, dice(2) === 0 ? value : picked(VALUES, dice)])
      return `${part}: ${name} twice`
    case 4:
      draft[part] = [...members, [JSON.stringify(picked(NAMES, dice)), picked(VALUES, dice)]]
      return `${part}: member added`
    case 5:
      draft[part] = replaced([escaped(name), value])
      return `${part}: ${name} escaped`
    case 6:
    case 7:
      draft[part] = [...members.slice(at), ...members.slice(0, at)]
      return `${part}: order changed`
    default:
      draft[part] = [
        ...members,
        [`"note-${dice(99)}"`, picked(['1', '"x"', '[1,2]', '{"y":null}'], dice)],
      ]
      return `${part}: harmless member added`
  }
}

function nearValue(name: string, value: string, facts: CorpusFacts, dice: Dice): string {
  const { nowSeconds: now, audience } = facts
  if (/^\d+$/.test(value)) {
    return picked(
      [
        `${now}`,
        `${now + 4}`,
        `${now + 5}`,
        `${now + 6}`,
        `${now - 4}`,
        `${now - 5}.5`,
        `"${now}"`,
      ],
      dice,
    )
  }
  if (name === '"aud"') {
    return JSON.stringify(picked([[audience], ['x', audience], [[audience]], `${audience}/`], dice))
  }
  const text = value.replaceAll(/["\\]/g, '')
  return JSON.stringify(
    picked([text.toUpperCase(), `${text} `, text.slice(0, -1), [text], ''], dice),
  )
}

/** The first letter of a name as an escape sequence. */
function escaped(name: string): string {
  const code = name.charCodeAt(1).toString(16).padStart(4, '0')
  return `"\\u${code}${name.slice(2)}`
}

function written(members: readonly Member[], dice: Dice): string {
  const space = () => (dice(8) === 0 ? picked([' ', '\n', '\t', '  '], dice) : '')
  const texts = members.map(
    ([name, value]) => `${space()}${name}${space()}:${space()}${value}${space()}`,
  )
  return `${space()}{${texts.join(',')}}${space()}`
}

function changedOctets(octets: Uint8Array, dice: Dice): Buffer {
  const at = dice(octets.length)
  const [before, after] = [octets.subarray(0, at), octets.subarray(at)]
  switch (dice(4)) {
    case 0:
      return Buffer.concat([before, Buffer.of(picked(ODD_OCTETS, dice)), after])
    case 1:
      return Buffer.concat([before, after.subarray(1)])
    case 2:
      return Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << dice(8))), after.subarray(1)])
    default:
      return Buffer.concat([picked([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(' ')], dice), octets])
  }
}

/** Signs what is there; now and then with another key, or with octets that are changed afterwards. */
function sealed(
  [header = Buffer.of(), claims = Buffer.of()]: readonly Buffer[],
  algorithm: SignatureAlgorithm,
  dice: Dice,
  changes: string[],
): string {
  const input = `${encodeBase64url(header)}.${encodeBase64url(claims)}`
  const isForged = dice(12) === 0
  if (isForged) changes.push('signed by somebody else')
  const key = isForged ? attackerKeys[algorithm] : fixtureKeys[algorithm]
  const signature = signatureOf(algorithm, key, input)
  if (dice(12) === 0) {
    changes.push('signature changed')
    signature[dice(signature.length)] = dice(256)
  }
  return `${input}.${encodeBase64url(signature)}`
}

function changedText(token: string, dice: Dice, changes: string[]): string {
  const at = dice(token.length + 1)
  const character = picked(ODD_CHARACTERS, dice)
  switch (dice(4)) {
    case 0:
      changes.push(`character inserted at ${at}`)
      return token.slice(0, at) + character + token.slice(at)
    case 1:
      changes.push(`character replaced at ${at}`)
      return token.slice(0, at) + character + token.slice(at + 1)
    case 2:
      changes.push('last character replaced')
      return token.slice(0, -1) + picked([...'ABCDEFGHQRSTgwx_-0'], dice)
    default:
      changes.push('text appended')
      return token + picked(['=', '==', '.', ' ', '\n', '.e30', 'A'], dice)
  }
}
