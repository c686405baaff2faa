/**
 * Requests of an axios instance, with a token (requirement C14).
 *
 * ```ts
 * import axios from 'axios'
 * import { authorizeAxios } from '@mintmark/client/axios'
 *
 * const api = authorizeAxios(axios.create({ baseURL: 'https://api.example' }), client)
 * const { data } = await api.get('/orders')
 * ```
 */
export { authorizeAxios } from './axios/authorize-axios.ts'
