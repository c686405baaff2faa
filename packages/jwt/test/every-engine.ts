/** The engines this platform has, and signed tokens to try on them. */
import assert from 'node:assert/strict'
import {
  nodeEngine,
  type SignatureAlgorithm,
  type SignatureEngine,
  type SynchronousSignatureEngine,
  signatureAlgorithms,
  signCompact,
  webEngine,
} from '@mintmark/jwt'
import { fixtureKeys, some } from '@mintmark/testkit'

/** The engine on `node:crypto`, which every platform that runs these tests has. */
export function theNodeEngine(): SynchronousSignatureEngine {
  const engine = nodeEngine()
  assert.ok(engine)
  return engine
}

/** Every engine with every algorithm. */
export const everyPair: readonly (readonly [SignatureEngine, SignatureAlgorithm])[] = [
  theNodeEngine(),
  webEngine(),
].flatMap((engine) => signatureAlgorithms.map((alg) => [engine, alg] as const))

/** A token of the fixture key of `alg`, with `some.claims()` unless told otherwise. */
export function signedToken(
  alg: SignatureAlgorithm = 'ES256',
  claimsJson: string = JSON.stringify(some.claims()),
): string {
  const engine = theNodeEngine()
  const key = engine.importSigningKey(fixtureKeys[alg], alg, fixtureKeys[alg].kid ?? alg)
  return signCompact(engine, key, { typ: 'at+jwt' }, claimsJson)
}
