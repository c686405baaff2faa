/** An external signer whose private key only another process reads. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ExternalSigner } from '@mintmark/authorization-server'

/** A signer, and how to end its process. */
export interface FileSigner extends ExternalSigner {
  readonly process: ChildProcess
  close(): void
}

interface Answer {
  readonly id?: number
  readonly signature?: string
  readonly publicJwk?: ExternalSigner['publicJwk']
}

/** Starts the process for an ES256 key in `keyFile`. Rejects when it ends before it has told its public key. */
export async function startFileSigner(name: string, keyFile: string): Promise<FileSigner> {
  const program = fileURLToPath(new URL('signer-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, keyFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = new Map<number, (signature: string | undefined) => void>()
  child.stdin.on('error', () => undefined)
  const publicJwk = await new Promise<ExternalSigner['publicJwk']>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer
      if (answer.publicJwk !== undefined) resolve(answer.publicJwk)
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer.signature)
    })
    child.once('exit', () => {
      reject(new Error('the signer process has ended'))
      for (const settle of [...waiting.values()]) settle(undefined)
    })
  })
  let lastId = 0
  return {
    name,
    algorithm: 'ES256',
    publicJwk,
    process: child,
    sign(input, signal) {
      const id = ++lastId
      return new Promise((resolve, reject) => {
        const settle = (signature: string | undefined): void => {
          waiting.delete(id)
          if (signature === undefined) reject(new Error('the signer process did not sign'))
          else resolve(Buffer.from(signature, 'base64'))
        }
        waiting.set(id, settle)
        signal.addEventListener('abort', () => settle(undefined), { once: true })
        if (child.exitCode === null && child.signalCode === null) {
          const text = Buffer.from(input).toString('base64')
          child.stdin.write(`${JSON.stringify({ id, input: text })}\n`)
        } else settle(undefined)
      })
    },
    close: () => child.stdin.end(),
  }
}
