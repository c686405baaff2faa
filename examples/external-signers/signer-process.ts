/**
 * The process that has the private key: reads it from the file that it is given, and signs what it is told on standard
 * input, one JSON object a line: `{"id":1,"input":"base64"}` is answered with `{"id":1,"signature":"base64"}`, or with
 * `{"id":1,"error":"..."}`. Its first line tells the public key.
 *
 * Usage: node signer-process.ts KEY.pem
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [, , keyFile] = process.argv
if (keyFile === undefined) throw new Error('usage: node signer-process.ts KEY.pem')

const privateKey = privateKeyIn(keyFile)
write({ publicJwk: createPublicKey(privateKey).export({ format: 'jwk' }) })

for await (const line of createInterface({ input: process.stdin })) {
  const { id, input } = JSON.parse(line) as { readonly id: number; readonly input: string }
  try {
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    const signature = sign('sha256', Buffer.from(input, 'base64'), key)
    write({ id, signature: signature.toString('base64') })
  } catch {
    write({ id, error: 'cannot sign' })
  }
}

function write(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function privateKeyIn(file: string) {
  try {
    return createPrivateKey(readFileSync(file))
  } catch {
    process.stderr.write(`signer: ${file} cannot be read as a private key\n`)
    process.exit(1)
  }
}
