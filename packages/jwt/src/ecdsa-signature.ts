/**
 * The two forms of an ECDSA signature: `r` and `s` side by side at fixed length, which tokens carry
 * (RFC 7518 section 3.4), and the DER sequence of two integers, which OpenSSL speaks. Converting
 * costs well under a microsecond, while asking OpenSSL for the other form halves the speed of
 * signing on Node 24.
 */
import { invariant } from '@mintmark/runtime'
import type { EcdsaForm } from './algorithms.ts'

const SEQUENCE = 0x30
const INTEGER = 0x02

/** DER lengths below this take one octet; a P-256 signature has at most 70. */
const SHORT_LENGTH_END = 0x80

/**
 * Tells whether `signature` is two integers of the form's length, each from 1 to one below the
 * order. Zeros verify for every message in careless libraries (CVE-2022-21449), and a value beyond
 * the order is an alias of a smaller.
 */
export function isEcdsaSignature(signature: Uint8Array, form: EcdsaForm): boolean {
  return (
    signature.length === 2 * form.integerBytes &&
    isInRange(signature, 0, form) &&
    isInRange(signature, form.integerBytes, form)
  )
}

/** Converts a DER signature that a crypto library just made to the form of RFC 7518. */
export function signatureFromDer(der: Uint8Array, form: EcdsaForm): Uint8Array {
  const rLength = der[3] ?? 0
  const sLength = der[5 + rLength] ?? 0
  invariant(
    der[0] === SEQUENCE && der[2] === INTEGER && der.length === 6 + rLength + sLength,
    'a crypto library writes an ECDSA signature as a DER sequence of two integers',
  )
  const signature = new Uint8Array(2 * form.integerBytes)
  copyInteger(der, 4, rLength, signature, form.integerBytes)
  copyInteger(der, 6 + rLength, sLength, signature, 2 * form.integerBytes)
  return signature
}

/**
 * Converts a signature for which {@link isEcdsaSignature} holds to DER.
 *
 * @param allocate - Makes room for so many octets, whatever is in them.
 */
export function derFromSignature(
  signature: Uint8Array,
  form: EcdsaForm,
  allocate: (length: number) => Uint8Array,
): Uint8Array {
  const rEnd = form.integerBytes
  const sEnd = 2 * form.integerBytes
  const rLength = derIntegerLength(signature, 0, rEnd)
  const sLength = derIntegerLength(signature, rEnd, sEnd)
  const length = rLength + sLength + 4
  invariant(length < SHORT_LENGTH_END, 'a DER signature of this curve has a length of one octet')
  const der = allocate(length + 2)
  der[0] = SEQUENCE
  der[1] = length
  writeInteger(signature, rEnd, der, 2, rLength)
  writeInteger(signature, sEnd, der, 4 + rLength, sLength)
  return der
}

function isInRange(signature: Uint8Array, start: number, form: EcdsaForm): boolean {
  let isZero = true
  let comparison = 0
  for (let at = 0; at < form.integerBytes; at += 1) {
    const octet = signature[start + at] ?? 0
    if (octet !== 0) isZero = false
    if (comparison === 0) comparison = octet - (form.order[at] ?? 0)
  }
  return !isZero && comparison < 0
}

/**
 * Copies an integer so that it ends at `end`. DER puts a zero before a first octet of 0x80 or more.
 */
function copyInteger(
  der: Uint8Array,
  start: number,
  length: number,
  target: Uint8Array,
  end: number,
): void {
  const octets = der[start] === 0 ? length - 1 : length
  for (let back = 1; back <= octets; back += 1) target[end - back] = der[start + length - back] ?? 0
}

/**
 * Octets of the integer in DER: no zeros in front, but one that keeps it positive. It ends before
 * `end`.
 */
function derIntegerLength(signature: Uint8Array, start: number, end: number): number {
  let first = start
  while (signature[first] === 0) first += 1
  return end - first + ((signature[first] ?? 0) >= 0x80 ? 1 : 0)
}

/** Writes tag, length and octets at `at`, with a zero in front where it takes one to keep the integer positive. */
function writeInteger(
  signature: Uint8Array,
  end: number,
  der: Uint8Array,
  at: number,
  length: number,
): void {
  der[at] = INTEGER
  der[at + 1] = length
  der[at + 2] = 0
  const last = at + 1 + length
  const octets = Math.min(length, signature.length / 2)
  for (let back = 0; back < octets; back += 1) der[last - back] = signature[end - 1 - back] ?? 0
}
