/** What every proxy with a configuration of ours must do. */
import { describe } from 'node:test'
import { attackTests, type Break } from './attacks.ts'
import { boundTokenTests } from './bound-tokens.ts'
import { fuzzTests } from './fuzz.ts'
import { messageTests } from './messages.ts'
import { routeTests } from './routes.ts'
import type { ShippedProxy } from './shipped-proxy.ts'
import { verdictTests } from './verdicts.ts'

/** Declares all tests. @param breaks - Changes of its configuration that must be found out. */
export function proxyContract(proxy: ShippedProxy, breaks: readonly Break[]): void {
  describe(`the guard behind ${proxy.name}`, () => {
    verdictTests(proxy)
    boundTokenTests(proxy)
    routeTests(proxy)
    messageTests(proxy)
    fuzzTests(proxy)
  })
  describe(`${proxy.name} under attack`, () => attackTests(proxy, breaks))
}
