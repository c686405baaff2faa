/** Keys and signatures: every algorithm, by every engine of the runtime, each judged by all the others. */
import {
  jwkThumbprint,
  nodeEngine,
  parseCompact,
  publicJwkOf,
  signatureAlgorithms,
  signCompact,
  verifyCompact,
  webEngine,
} from '@mintmark/jwt'
import { printResults } from './print-results.js'

const engines = [nodeEngine(), webEngine()].filter((engine) => engine !== undefined)

/** Signs with one engine; true where each engine accepts that and refuses another content under the signature. */
async function judgements(signer, alg) {
  const jwk = await signer.generateKey(alg)
  const key = await signer.importSigningKey(jwk, alg, 'a-key')
  const token = await signCompact(signer, key, { typ: 'at+jwt' }, '{"sub":"a"}')
  const [header, , signature] = token.split('.')
  const forged = `${header}.${btoa('{"sub":"b"}').replaceAll('=', '')}.${signature}`
  return await Promise.all(
    engines.map(async (judge) => {
      const publicKey = await judge.importVerificationKey(publicJwkOf(jwk), alg)
      const isGood = await verifyCompact(judge, parseCompact(token).value, publicKey)
      const isFooled = await verifyCompact(judge, parseCompact(forged).value, publicKey)
      return isGood && !isFooled
    }),
  )
}

const perAlgorithm = signatureAlgorithms.map((alg) => [
  `signs-and-verifies-${alg}`,
  () => Promise.all(engines.map((engine) => judgements(engine, alg))),
])

await printResults({
  engines: () => engines.map(({ name }) => name),
  ...Object.fromEntries(perAlgorithm),
  // RFC 8037 appendix A.3
  'makes-the-thumbprint-of-the-rfc': async () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    const jwk = { kty: 'OKP', crv: 'Ed25519', x }
    return await Promise.all(engines.map((engine) => jwkThumbprint(jwk, engine)))
  },
})
