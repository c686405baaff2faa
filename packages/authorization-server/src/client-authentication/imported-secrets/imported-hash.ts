/**
 * Hashes of client secrets as other servers stored them, in the one spelling in which ours are stored: bcrypt as bcrypt
 * writes it, everything else as a PHC string (`$name$parameters$salt$hash`).
 *
 * Invariants
 *  (1) What a hash costs to check is bounded when it is read: an import cannot bring a hash that takes minutes or
 *      gigabytes.
 *  (2) `phcText` of what was parsed is a text that parses to the same.
 */
import { accepted, type Parsed, refused } from '@mintmark/protocol'
import {
  argon2MemoryKibMax,
  argon2WorkKibMax,
  bcryptCostMax,
  importedHashBytesMax,
  importedHashBytesMin,
  importedHashLengthMax,
  pbkdf2IterationsMax,
  scryptMemoryBytesMax,
  scryptWorkMax,
} from '../../limits.ts'

/** A digest of `node:crypto`. */
export type DigestName = 'sha1' | 'sha256' | 'sha512'

/** A hash with everything that checking it takes. */
export type ImportedHash =
  | { readonly kind: 'bcrypt'; readonly text: string }
  | (Salted & {
      readonly kind: 'scrypt'
      readonly logCost: number
      readonly blockSize: number
      readonly parallelism: number
    })
  | (Salted & {
      readonly kind: 'argon2id'
      readonly memoryKib: number
      readonly passes: number
      readonly lanes: number
    })
  | (Salted & {
      readonly kind: 'pbkdf2'
      readonly digest: DigestName
      readonly iterations: number
    })
  /** One round of a digest: of the secret, with a salt behind or before it where there is one. */
  | (Salted & {
      readonly kind: 'digest'
      readonly digest: DigestName
      readonly saltPlace: 'behind' | 'before'
    })

interface Salted {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** Why a text is no hash that can be checked here. */
export type ImportedHashViolation = 'hash_unknown' | 'hash_malformed' | 'hash_too_costly'

type ReadHash = Parsed<ImportedHash, ImportedHashViolation>

/** Reads a hash in our spelling. Never throws. */
export function parseImportedHash(text: string): ReadHash {
  if (text.length > importedHashLengthMax) return refused('hash_malformed')
  if (BCRYPT_START.test(text)) return parseBcrypt(text)
  const [empty, name = '', ...fields] = text.split('$')
  if (empty !== '') return refused('hash_unknown')
  const read = readers.get(name)
  return read === undefined ? refused('hash_unknown') : read(fields)
}

/** Checks cost and sizes of a hash, however it came. */
export function boundedHash(hash: ImportedHash): ReadHash {
  if (hash.kind === 'bcrypt') return parseBcrypt(hash.text)
  const { length } = hash.hash
  if (length < importedHashBytesMin || length > importedHashBytesMax) {
    return refused('hash_malformed')
  }
  return isAffordable(hash) ? accepted(hash) : refused('hash_too_costly')
}

/** The text of a hash in our spelling. */
export function phcText(hash: ImportedHash): string {
  switch (hash.kind) {
    case 'bcrypt':
      return hash.text
    case 'scrypt': {
      const { logCost, blockSize, parallelism } = hash
      return phc('scrypt', [`ln=${logCost},r=${blockSize},p=${parallelism}`], hash)
    }
    case 'argon2id': {
      const { memoryKib, passes, lanes } = hash
      return phc('argon2id', ['v=19', `m=${memoryKib},t=${passes},p=${lanes}`], hash)
    }
    case 'pbkdf2':
      return phc(`pbkdf2-${hash.digest}`, [`i=${hash.iterations}`], hash)
    case 'digest':
      return phc(hash.digest, [`salt=${hash.saltPlace}`], hash)
  }
}

function phc(name: string, parameters: readonly string[], { salt, hash }: Salted): string {
  return `$${[name, ...parameters, base64Of(salt), base64Of(hash)].join('$')}`
}

const BCRYPT_START = /^\$2[abxy]\$/
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/

function parseBcrypt(text: string): ReadHash {
  const cost = BCRYPT.exec(text)?.[1]
  if (cost === undefined || Number(cost) < 4) return refused('hash_malformed')
  if (Number(cost) > bcryptCostMax) return refused('hash_too_costly')
  return accepted({ kind: 'bcrypt', text })
}

function isAffordable(hash: Exclude<ImportedHash, { readonly kind: 'bcrypt' }>): boolean {
  switch (hash.kind) {
    case 'scrypt': {
      const { logCost, blockSize, parallelism } = hash
      const memoryBytes = 128 * blockSize * 2 ** logCost
      const isWhole = logCost >= 1 && blockSize >= 1 && parallelism >= 1
      const isSmall = memoryBytes <= scryptMemoryBytesMax
      return isWhole && isSmall && memoryBytes * parallelism <= scryptWorkMax
    }
    case 'argon2id': {
      const { memoryKib, passes, lanes } = hash
      const isWhole = passes >= 1 && lanes >= 1 && memoryKib >= 8 * lanes && hash.salt.length >= 8
      return isWhole && memoryKib <= argon2MemoryKibMax && memoryKib * passes <= argon2WorkKibMax
    }
    case 'pbkdf2':
      return hash.iterations >= 1 && hash.iterations <= pbkdf2IterationsMax
    case 'digest':
      return true
  }
}

type FieldReader = (fields: readonly string[]) => ReadHash

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['scrypt', readScrypt],
  ['argon2id', readArgon2id],
  ['pbkdf2-sha1', readPbkdf2('sha1')],
  ['pbkdf2-sha256', readPbkdf2('sha256')],
  ['pbkdf2-sha512', readPbkdf2('sha512')],
  ['sha1', readDigest('sha1')],
  ['sha256', readDigest('sha256')],
  ['sha512', readDigest('sha512')],
])

function readScrypt([parameters = '', ...rest]: readonly string[]): ReadHash {
  const salted = readSalted(rest)
  const [logCost, blockSize, parallelism] = numbersOf(parameters, ['ln', 'r', 'p'])
  if (salted === undefined || logCost === undefined) return refused('hash_malformed')
  if (blockSize === undefined || parallelism === undefined) return refused('hash_malformed')
  return boundedHash({ kind: 'scrypt', logCost, blockSize, parallelism, ...salted })
}

function readArgon2id([version, parameters = '', ...rest]: readonly string[]): ReadHash {
  const salted = readSalted(rest)
  const [memoryKib, passes, lanes] = numbersOf(parameters, ['m', 't', 'p'])
  if (version !== 'v=19' || salted === undefined) return refused('hash_malformed')
  if (memoryKib === undefined || passes === undefined || lanes === undefined) {
    return refused('hash_malformed')
  }
  return boundedHash({ kind: 'argon2id', memoryKib, passes, lanes, ...salted })
}

/** With `l`, the length of the hash, as Hydra writes it, or without. */
function readPbkdf2(digest: DigestName): FieldReader {
  return ([parameters = '', ...rest]) => {
    const salted = readSalted(rest)
    const [iterations] = numbersOf(parameters.replace(/,l=\d{1,4}$/, ''), ['i'])
    if (salted === undefined || iterations === undefined) return refused('hash_malformed')
    return boundedHash({ kind: 'pbkdf2', digest, iterations, ...salted })
  }
}

function readDigest(digest: DigestName): FieldReader {
  return ([place, ...rest]) => {
    const salted = readSalted(rest)
    if (salted?.hash.length !== digestBytes[digest]) return refused('hash_malformed')
    if (place !== 'salt=behind' && place !== 'salt=before') return refused('hash_malformed')
    const saltPlace = place === 'salt=behind' ? 'behind' : 'before'
    return boundedHash({ kind: 'digest', digest, saltPlace, ...salted })
  }
}

/** Octets of each digest. */
export const digestBytes: Readonly<Record<DigestName, number>> = {
  sha1: 20,
  sha256: 32,
  sha512: 64,
}

function readSalted([salt, hash, ...more]: readonly string[]): Salted | undefined {
  const [saltBytes, hashBytes] = [bytesOf(salt ?? '-'), bytesOf(hash ?? '-')]
  if (saltBytes === undefined || hashBytes === undefined || more.length > 0) return undefined
  return { salt: saltBytes, hash: hashBytes }
}

/** The values of `a=1,b=2` in the order of `names`, which have to be all that there are, in that order. */
function numbersOf(text: string, names: readonly string[]): readonly number[] {
  const parts = text.split(',')
  if (parts.length !== names.length) return []
  const values = names.map((name, at) => {
    const digits = new RegExp(`^${name}=(0|[1-9]\\d{0,8})$`).exec(parts[at] ?? '')?.[1]
    return digits === undefined ? Number.NaN : Number(digits)
  })
  return values.some(Number.isNaN) ? [] : values
}

/** Standard base64 without padding, as PHC strings have it. */
function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}

function bytesOf(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return base64Of(bytes) === text ? bytes : undefined
}
