/**
 * The fast way to call an API from Node: a token on every request of an undici dispatcher (requirement C14).
 *
 * ```ts
 * import { authorizeInterceptor } from '@mintmark/client/undici'
 * import { Pool } from 'undici'
 *
 * const api = new Pool('https://api.example').compose(authorizeInterceptor(client))
 * const { statusCode, body } = await api.request({ method: 'GET', path: '/orders' })
 * ```
 */
export { type AuthorizeInterceptor, authorizeInterceptor } from './undici/authorize-interceptor.ts'
export { type UndiciTransportOptions, undiciTransport } from './undici-transport.ts'
