export {
  type BootstrapCredential,
  bootstrapAgain,
  bootstrapClientId,
  bootstrapOnce,
} from './bootstrap.ts'
export { type AdminApi, createAdminApi } from './create-admin-api.ts'
export { type AdminAddress, listenAdmin, type RunningAdmin } from './listen-admin.ts'
export type { AdminApiOptions } from './options.ts'
