import assert from 'node:assert/strict'
import { argon2Sync, createHash, pbkdf2Sync, scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import bcryptjs from 'bcryptjs'
import fc from 'fast-check'
import { checkImportedHash } from '../../../src/client-authentication/imported-secrets/check-imported-hash.ts'
import {
  parseImportedHash,
  phcText,
} from '../../../src/client-authentication/imported-secrets/imported-hash.ts'
import { importedHashText } from '../../../src/client-authentication/imported-secrets/imported-hash-spellings.ts'

const secret = 'correct horse battery staple'
const salt = Buffer.from('a salt of 16 oct')
const base64 = (bytes: Buffer): string => bytes.toString('base64')
const phc64 = (bytes: Buffer): string => base64(bytes).replace(/=+$/, '')
const passlib64 = (bytes: Buffer): string => phc64(bytes).replaceAll('+', '.')

const pbkdf2 = (digest: string, length: number) => pbkdf2Sync(secret, salt, 1_000, length, digest)
const sha256 = (...parts: (string | Buffer)[]) => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
const sha512 = createHash('sha512').update(secret).digest()
const scrypted = scryptSync(secret, salt, 32, { N: 2 ** 10, r: 8, p: 1 })
const argon2Parameters = { parallelism: 1, tagLength: 32, memory: 1024, passes: 2 }
const argon2ed = argon2Sync('argon2id', { message: secret, nonce: salt, ...argon2Parameters })

function keycloak(algorithm: string, hash: Buffer, more: object = {}): string {
  const secretText = JSON.stringify(JSON.stringify({ value: base64(hash), salt: base64(salt) }))
  const how = JSON.stringify(JSON.stringify({ hashIterations: 1_000, algorithm, ...more }))
  return `{"id":"c","type":"secret","secretData":${secretText},"credentialData":${how}}`
}

const spellings: Record<string, string> = {
  'bcrypt as bcryptjs writes it': bcryptjs.hashSync(secret, 4),
  'bcrypt with a label, as Spring writes it': `{bcrypt}${bcryptjs.hashSync(secret, 4)}`,
  'bcrypt of PHP': bcryptjs.hashSync(secret, 4).replace('$2b$', '$2y$'),
  'scrypt as a PHC string': `$scrypt$ln=10,r=8,p=1$${phc64(salt)}$${phc64(scrypted)}`,
  'argon2id as a PHC string': `$argon2id$v=19$m=1024,t=2,p=1$${phc64(salt)}$${phc64(argon2ed)}`,
  'argon2id of Keycloak': keycloak('argon2', argon2ed, {
    hashIterations: 2,
    additionalParameters: {
      hashLength: ['32'],
      memory: ['1024'],
      type: ['id'],
      version: ['1.3'],
      parallelism: ['1'],
    },
  }),
  'PBKDF2 as a PHC string': `$pbkdf2-sha512$i=1000$${phc64(salt)}$${phc64(pbkdf2('sha512', 64))}`,
  'PBKDF2 of Hydra': `$pbkdf2-sha256$i=1000,l=32$${phc64(salt)}$${phc64(pbkdf2('sha256', 32))}`,
  'PBKDF2 of passlib': `$pbkdf2-sha256$1000$${passlib64(salt)}$${passlib64(pbkdf2('sha256', 32))}`,
  'PBKDF2 with SHA-1 of passlib': `$pbkdf2$1000$${passlib64(salt)}$${passlib64(pbkdf2('sha1', 20))}`,
  'PBKDF2 of Django': `pbkdf2_sha256$1000$${salt}$${base64(pbkdf2('sha256', 32))}`,
  'PBKDF2 of Keycloak': keycloak('pbkdf2-sha256', pbkdf2('sha256', 64)),
  'PBKDF2 with SHA-512 of Keycloak': keycloak('pbkdf2-sha512', pbkdf2('sha512', 64)),
  'PBKDF2 of Keycloak, flat': JSON.stringify({
    algorithm: 'pbkdf2-sha256',
    hashIterations: 1_000,
    salt: base64(salt),
    value: base64(pbkdf2('sha256', 32)),
  }),
  'SHA-256 in hexadecimal': sha256(secret).toString('hex'),
  'SHA-256 in base64, as IdentityServer writes it': base64(sha256(secret)),
  'SHA-512 in base64, as IdentityServer writes it': base64(sha512),
  'SHA-256 with a label': `{SHA256}${base64(sha256(secret))}`,
  'salted SHA-256 of LDAP': `{SSHA256}${base64(Buffer.concat([sha256(secret, salt), salt]))}`,
  'SHA-256 with the salt before': `$sha256$salt=before$${phc64(salt)}$${phc64(sha256(salt, secret))}`,
}

for (const [name, foreign] of Object.entries(spellings)) {
  test(`${name} is checked: the secret matches and nothing else does [A2]`, async () => {
    const text = importedHashText(foreign)
    assert.ok(text.ok)
    const hash = parseImportedHash(text.value)
    assert.ok(hash.ok)
    assert.equal(phcText(hash.value), text.value)
    const check = (presented: string) =>
      checkImportedHash(hash.value, redact('client secret', presented))
    assert.equal(await check(secret), true)
    assert.equal(await check(`${secret} `), false)
    assert.equal(await check(''), false)
  })
}

test('bcrypt does not match on the first 72 octets of a longer secret [A2]', async () => {
  const long = 'x'.repeat(72)
  const hash = parseImportedHash(bcryptjs.hashSync(long, 4))
  assert.ok(hash.ok)
  const check = (presented: string) =>
    checkImportedHash(hash.value, redact('client secret', presented))
  assert.deepEqual(
    [await check(long), await check(`${long}y`), await check(`x\0`)],
    [true, false, false],
  )
})

const digest = phc64(Buffer.alloc(32))
const refusedHashes: Record<string, string> = {
  [`$2b$15$${'a'.repeat(53)}`]: 'hash_too_costly',
  [`$2b$31$${'a'.repeat(53)}`]: 'hash_too_costly',
  [`$2b$03$${'a'.repeat(53)}`]: 'hash_malformed',
  [`$2x$10$${'a'.repeat(53)}`]: 'hash_malformed',
  [`$2b$10$${'a'.repeat(52)}`]: 'hash_malformed',
  [`$scrypt$ln=18,r=8,p=1$c2FsdA$${digest}`]: 'hash_too_costly',
  [`$scrypt$ln=10,r=8,p=1000$c2FsdA$${digest}`]: 'hash_too_costly',
  [`$scrypt$ln=0,r=8,p=1$c2FsdA$${digest}`]: 'hash_too_costly',
  [`$argon2id$v=19$m=2097152,t=1,p=4$c2FsdHNhbHQ$${digest}`]: 'hash_too_costly',
  [`$argon2id$v=19$m=65536,t=1000,p=4$c2FsdHNhbHQ$${digest}`]: 'hash_too_costly',
  [`$argon2id$v=16$m=65536,t=3,p=4$c2FsdHNhbHQ$${digest}`]: 'hash_malformed',
  [`$argon2i$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$${digest}`]: 'hash_unknown',
  [`$pbkdf2-sha256$i=999999999$c2FsdA$${digest}`]: 'hash_too_costly',
  [`$pbkdf2-sha256$i=0$c2FsdA$${digest}`]: 'hash_too_costly',
  [`$pbkdf2-sha256$i=01000$c2FsdA$${digest}`]: 'hash_malformed',
  '$pbkdf2-sha256$i=1000$c2FsdA$YQ': 'hash_malformed',
  [`$pbkdf2-sha256$i=1000$c2FsdB$${digest}`]: 'hash_malformed',
  [`$pbkdf2-sha256$i=1000$c2FsdA$${digest}$more`]: 'hash_malformed',
  md5$salt$hash: 'hash_unknown',
  plain: 'hash_unknown',
  '': 'hash_unknown',
  '{"algorithm":"pbkdf2-sha256"}': 'hash_malformed',
  '{"algorithm":"argon2","hashIterations":1,"salt":"YWFhYWFhYWE","value":"YQ"}': 'hash_unknown',
  [`{SSHA256}${Buffer.alloc(32).toString('base64')}`]: 'hash_malformed',
  [`{MD5}${Buffer.alloc(16).toString('base64')}`]: 'hash_unknown',
}

for (const [foreign, violation] of Object.entries(refusedHashes)) {
  test(`${foreign.slice(0, 50) || 'nothing'} is not imported: ${violation} [A2]`, () => {
    assert.deepEqual(importedHashText(foreign), { ok: false, violation })
  })
}

test('no text makes reading a hash throw, and what is read can be stored [A2]', () => {
  const piece = fc.constantFrom(
    ...['$', '{', '}', ',', '=', 'pbkdf2-sha256', 'scrypt', 'argon2id', 'v=19', 'i=1000', 'ln=10'],
    ...['r=8', 'p=1', 'm=64', 't=1', '2b', '10', 'SSHA256', digest, 'c2FsdHNhbHQ', '"', 'sha256'],
    'salt=behind',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (foreign) => {
      const read = importedHashText(foreign)
      if (!read.ok) return
      const again = parseImportedHash(read.value)
      assert.ok(again.ok)
      assert.equal(phcText(again.value), read.value)
    }),
    { numRuns: 200 },
  )
})
