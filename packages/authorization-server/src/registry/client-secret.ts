/**
 * The text of a generated client secret: `mm_<environment>_<id>_<random><checksum>`.
 *
 *  - only letters, digits and `_`, which form encoding leaves alone: whether a client encodes its Basic
 *    credentials (RFC 6749 section 2.3.1) or forgets to makes no difference;
 *  - the prefix and the CRC-32 let secret scanners recognise a leaked one offline;
 *  - the id names the secret in listings and audit records without revealing it.
 */

import { crc32 } from 'node:zlib'
import { type ClientSecret, redact } from '@mintmark/protocol'
import { invariant, type RandomSource } from '@mintmark/runtime'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 10
/** 43 characters of 5.95 bits: 256 bits. */
const RANDOM_LENGTH = 43
const CHECKSUM_LENGTH = 6

/** What a secret may be for; part of its text, so that one found in a log says how bad that is. */
export const secretEnvironments = ['live', 'test'] as const

/** What a secret is for. */
export type SecretEnvironment = (typeof secretEnvironments)[number]

/** A new secret and its public name. */
export interface GeneratedSecret {
  readonly id: string
  readonly secret: ClientSecret
}

/** Makes a secret with 256 bits of randomness and its public id. */
export function generateClientSecret(
  random: RandomSource,
  environment: SecretEnvironment = 'live',
): GeneratedSecret {
  const id = randomBase62(random, ID_LENGTH)
  const body = `mm_${environment}_${id}_${randomBase62(random, RANDOM_LENGTH)}`
  return { id, secret: redact('client secret', body + checksum(body)) }
}

/** Makes the public id of a secret that somebody brought along. */
export function generateSecretId(random: RandomSource): string {
  return randomBase62(random, ID_LENGTH)
}

function checksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    digits = BASE62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  invariant(rest === 0, 'a CRC-32 fits into six base62 digits')
  return digits
}

/** Uniform digits: bytes from 248 up are thrown away, since 256 is not a multiple of 62. */
function randomBase62(random: RandomSource, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62)
    }
  }
  return text
}
