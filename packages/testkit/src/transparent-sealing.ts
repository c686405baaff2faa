/**
 * Sealing that hides nothing and takes no time, for simulations: WebCrypto works on other threads, whose timing neither
 * a fake clock nor a seed controls. What it opens and what it refuses is the same as with real keys.
 */
import type { Sealing } from '@mintmark/client/shared-store'
import { redact } from '@mintmark/protocol'

/** Makes such a sealing; all of them open each other's entries. */
export function transparentSealing(): Sealing {
  return {
    nameOf: async (kind, text) => `${kind}:${text}`,
    seal: async (name, generation, text) => JSON.stringify([name, generation, text.reveal()]),
    open: async (name, generation, sealed) => {
      const entry = parse(sealed)
      if (entry === undefined) return { ok: false, reason: 'malformed' }
      if (entry[0] !== name) return { ok: false, reason: 'not_authentic' }
      if (entry[1] !== generation) return { ok: false, reason: 'stale_generation' }
      return { ok: true, text: redact('shared entry', entry[2]) }
    },
  }
}

type PlainEntry = readonly [name: string, generation: number, text: string]

function parse(sealed: string): PlainEntry | undefined {
  try {
    return JSON.parse(sealed) as PlainEntry
  } catch {
    return undefined
  }
}
