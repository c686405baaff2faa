import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuseBrowser } from '../src/browser-refusal.ts'

class WorkerGlobalScope {}

const firefox = {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

/** Calls `check` while the global object has these members besides its own. */
function where(members: Readonly<Record<string, unknown>>, check: () => void): void {
  const names = Object.keys(members)
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
  try {
    for (const [name, value] of Object.entries(members)) {
      Object.defineProperty(globalThis, name, { value, configurable: true })
    }
    check()
  } finally {
    for (const [index, name] of names.entries()) {
      const descriptor = before[index]
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name)
      else Object.defineProperty(globalThis, name, descriptor)
    }
  }
}

test('refuses pages and workers of browsers, whose visitors could read the secret [C15]', () => {
  const browsers: readonly Readonly<Record<string, unknown>>[] = [
    { window: {}, document: {} },
    { window: {}, document: {}, navigator: firefox },
    { WorkerGlobalScope, navigator: firefox },
    { WorkerGlobalScope, ServiceWorkerGlobalScope: WorkerGlobalScope, navigator: firefox },
    { WorkerGlobalScope, SharedWorkerGlobalScope: WorkerGlobalScope, navigator: firefox },
  ]
  for (const browser of browsers) {
    where(browser, () => assert.throws(refuseBrowser, /browser page could read the client secret/))
  }
})

test('runs on every other platform, those that have workers like a browser included [C15]', () => {
  const platforms: readonly Readonly<Record<string, unknown>>[] = [
    {},
    { window: {} },
    { window: {}, navigator: { userAgent: 'Deno/1.46.3' } },
    { WorkerGlobalScope, navigator: { userAgent: 'Deno/2.5.0' } },
    { WorkerGlobalScope, navigator: { userAgent: 'Bun/1.3.0' } },
    { WorkerGlobalScope, navigator: { userAgent: 'Cloudflare-Workers' } },
    { WorkerGlobalScope, navigator: {} },
    { WorkerGlobalScope, navigator: undefined },
    { navigator: firefox },
  ]
  for (const platform of platforms) where(platform, () => assert.doesNotThrow(refuseBrowser))
})
