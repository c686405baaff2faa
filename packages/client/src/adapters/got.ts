/**
 * Requests of got, with a token (requirement C14).
 *
 * ```ts
 * import got from 'got'
 * import { authorizeGot } from '@mintmark/client/got'
 *
 * const api = got.extend({ prefixUrl: 'https://api.example' }, authorizeGot(client))
 * const orders = await api('orders').json()
 * ```
 */
export { authorizeGot } from './got/authorize-got.ts'
export type { GotHooks } from './got/got-hooks.ts'
