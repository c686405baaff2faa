import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isCertificateOf,
  readCertificate,
} from '../../../src/client-authentication/certificates/certificate-names.ts'
import { readDer } from '../../../src/client-authentication/certificates/der.ts'
import {
  isSameName,
  parseDistinguishedName,
} from '../../../src/client-authentication/certificates/distinguished-name.ts'
import type { CertificateIdentity } from '../../../src/registry/client-settings.ts'

/** Made with OpenSSL, with every kind of name in it. */
const der = new Uint8Array(
  Buffer.from(
    `MIIDFzCCAr2gAwIBAgIUM3jNYRdQ87caIFv5X8wJXe7KigEwCgYIKoZIzj0EAwIwgb8xCzAJBgNVBAYTAk5MMSQw
IgYDVQQKDBtCYW5rLCBHcsO2w59lICYgU8O2aG5lICsgQ28xETAPBgNVBAsMCFBheW1lbnRzMRcwFQYKCZImiZPy
LGQBGRYHZXhhbXBsZTEXMBUGCgmSJomT8ixkARkWB3BhcnRuZXIxDzANBgNVBAUTBjEyLTM0NTEUMBIGA1UEAwwL
Q2xpZW50ICBPbmUxHjAcBgkqhkiG9w0BCQEWD09wc0BFeGFtcGxlLm9yZzAgFw0yNjExMjgxNTAyMTBaGA8yMTI2
MTEwNDE1MDIxMFowgb8xCzAJBgNVBAYTAk5MMSQwIgYDVQQKDBtCYW5rLCBHcsO2w59lICYgU8O2aG5lICsgQ28x
ETAPBgNVBAsMCFBheW1lbnRzMRcwFQYKCZImiZPyLGQBGRYHZXhhbXBsZTEXMBUGCgmSJomT8ixkARkWB3BhcnRu
ZXIxDzANBgNVBAUTBjEyLTM0NTEUMBIGA1UEAwwLQ2xpZW50ICBPbmUxHjAcBgkqhkiG9w0BCQEWD09wc0BFeGFt
cGxlLm9yZzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNKkozK4JiJp/F/glCLDrZnJTqeVAwWdr2juCaSvz4Mu
6mKQVlbSywXs1iqRmJSF1pdqcF64q8+noN0XcDhwLeejgZIwgY8wbgYDVR0RBGcwZYIOY2xpZW50LmV4YW1wbGWC
Dioud2lsZC5leGFtcGxlhhpzcGlmZmU6Ly9wcm9kLmV4YW1wbGUvbnMvYYcEwAACB4cQIAENuAAAAAAAAAAAAAAA
B4EPT3BzQEV4YW1wbGUub3JnMB0GA1UdDgQWBBTq2VgTgwBM4NI3ztrrrzu+oUj7MzAKBggqhkjOPQQDAgNIADBF
AiEAl9xQ15dxiOK/W8v77bWDcGWYN9KjrN0mHk79Pgt4KVQCIAC9msGdhWsgTSX4j7/9VWn4N1SrtQVK4qWYP+Rv
iAd1`,
    'base64',
  ),
)

/** As OpenSSL writes it with -nameopt RFC2253. */
const escaped =
  'emailAddress=Ops@Example.org,CN=Client  One,serialNumber=12-345,DC=partner,DC=example,OU=Payments,' +
  'O=Bank\\, Gr\\C3\\B6\\C3\\9Fe & S\\C3\\B6hne \\+ Co,C=NL'

const certificate = readCertificate(der)
const isOf = (kind: CertificateIdentity['kind'], value: string): boolean =>
  certificate !== undefined && isCertificateOf(certificate, { kind, value })

const same: Record<string, string> = {
  'as OpenSSL writes it': escaped,
  'with letters as they are': escaped.replace('Gr\\C3\\B6\\C3\\9Fe', 'Größe'),
  'with spaces behind the commas': escaped.replaceAll(/(?<!\\),/g, ', '),
  'in other case': escaped.replace('Client', 'CLIENT').replace('OU=Payments', 'ou=PAYMENTS'),
  'with one space for two': escaped.replace('Client  One', 'Client One'),
  'with object identifiers': escaped.replace('CN=', '2.5.4.3=').replace('C=NL', '2.5.4.6=NL'),
  'with a hexadecimal value': escaped.replace('OU=Payments', 'OU=#0c085061796d656e7473'),
  'with every letter escaped': escaped.replace(
    'OU=Payments',
    'OU=\\50\\61\\79\\6d\\65\\6e\\74\\73',
  ),
  'with letters in their decomposed form': escaped.replace('Gr\\C3\\B6\\C3\\9Fe', 'Gro\u0308ße'),
}

for (const [name, text] of Object.entries(same)) {
  test(`a subject is known by its name ${name} [A6]`, () => {
    assert.equal(isOf('subject_dn', text), true)
  })
}

const different: Record<string, string> = {
  'without its last attribute': escaped.replace(',C=NL', ''),
  'without its first attribute': escaped.replace('emailAddress=Ops@Example.org,', ''),
  'with one more attribute': `${escaped},C=NL`,
  'in the order of the certificate': escaped
    .split(/(?<!\\),/)
    .toReversed()
    .join(','),
  'with two attributes exchanged': escaped.replace(
    'DC=partner,DC=example',
    'DC=example,DC=partner',
  ),
  'with two attributes as one': escaped.replace('DC=partner,DC=example', 'DC=partner+DC=example'),
  'with another value': escaped.replace('Payments', 'Payment'),
  'with a comma that is not escaped': escaped.replace('Bank\\,', 'Bank,'),
  'with a quoted value': escaped.replace('OU=Payments', 'OU="Payments"'),
  'with a type that nobody knows': escaped.replace('OU=', 'XX='),
  'that is empty': '',
  'that is a comma': ',',
  'that ends in a comma': `${escaped},`,
  'that ends in a plus': `${escaped}+`,
  'that is far too long': `CN=${'a'.repeat(3_000)}`,
}

for (const [name, text] of Object.entries(different)) {
  test(`a subject is not known by a name ${name} [A6]`, () => {
    assert.equal(isOf('subject_dn', text), false)
  })
}

const alternative: readonly [CertificateIdentity['kind'], string, boolean][] = [
  ['san_dns', 'client.example', true],
  ['san_dns', 'CLIENT.example', true],
  ['san_dns', 'a.wild.example', false],
  ['san_dns', 'client.example.', false],
  ['san_dns', 'Client  One', false],
  ['san_uri', 'spiffe://prod.example/ns/a', true],
  ['san_uri', 'spiffe://PROD.example/ns/a', false],
  ['san_uri', 'client.example', false],
  ['san_ip', '192.0.2.7', true],
  ['san_ip', '2001:db8::7', true],
  ['san_ip', '2001:0db8:0:0:0:0:0:7', true],
  ['san_ip', '192.0.2.8', false],
  ['san_ip', '192.0.2.07', false],
  ['san_ip', '', false],
  ['san_email', 'Ops@EXAMPLE.org', true],
  ['san_email', 'ops@Example.org', false],
]

for (const [kind, value, expected] of alternative) {
  test(`${kind} ${value || 'nothing'} ${expected ? 'is' : 'is not'} a name of the certificate [A6]`, () => {
    assert.equal(isOf(kind, value), expected)
  })
}

test('validity and key of a certificate are read [A6]', () => {
  assert.ok(certificate)
  assert.ok(certificate.validFromWallMs < certificate.validToWallMs)
  assert.equal(certificate.publicJwk?.kty, 'EC')
})

test('a certificate with something behind it, or cut short, is none [A6]', () => {
  assert.equal(readCertificate(new Uint8Array([...der, 0])), undefined)
  for (let length = 0; length < der.length; length += 7) {
    assert.equal(readCertificate(der.slice(0, length)), undefined)
  }
})

test('no octet of a certificate can be changed to make reading it throw [A6]', () => {
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.nat(255), (at, octet) => {
      const changed = new Uint8Array(der)
      changed[at] = octet
      const read = readCertificate(changed)
      assert.ok(read === undefined || read.subject.length > 0)
    }),
    { numRuns: 200 },
  )
})

test('elements of DER cover their octets without gap and overlap, whatever the octets [A6]', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      const elements = readDer(octets)
      if (elements === undefined) return
      const covered = elements.flatMap(({ whole }) => [...whole])
      assert.deepEqual(covered, [...octets])
    }),
    { numRuns: 200 },
  )
})

const name = fc
  .array(
    fc.tuple(
      fc.constantFrom('CN', 'O', 'OU', 'C', 'DC', '2.5.4.10', '1.2.3.4', 'cn'),
      fc.string({ minLength: 1, maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((attributes) =>
    attributes.map(([type, value]) => `${type}=${escapedValue(value)}`).join(','),
  )

function escapedValue(value: string): string {
  return Array.from(Buffer.from(value), (octet) => `\\${octet.toString(16).padStart(2, '0')}`).join(
    '',
  )
}

test('whatever its value, a name with everything escaped is read, and is itself [A6]', () => {
  fc.assert(
    fc.property(name, (text) => {
      const read = parseDistinguishedName(text)
      if (read === undefined) return assert.match(text, /\\00/)
      assert.ok(
        isSameName(read, parseDistinguishedName(text.toUpperCase()) ?? []) || /1\.2\.3/.test(text),
      )
      assert.ok(!isSameName(read, [...read, ...read]))
    }),
    { numRuns: 200 },
  )
})

test('no text makes reading a name throw or take long [A6]', () => {
  const piece = fc.constantFrom(
    'CN=',
    'O',
    '=',
    ',',
    '+',
    '\\',
    '\\2c',
    '#0c',
    '"',
    ' ',
    'ä',
    '\0',
    'a',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 400 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (written) => {
      const read = parseDistinguishedName(written)
      assert.ok(read === undefined || read.length > 0)
    }),
    { numRuns: 200 },
  )
})
