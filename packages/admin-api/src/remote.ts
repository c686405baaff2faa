/** Administration from elsewhere: the other end of the admin API, without the server. */
export { AdminApiError, type AdminConnectionOptions } from './remote/admin-connection.ts'
export { createHttpAdministration } from './remote/http-administration.ts'
export { type NodeInquiries, nodeInquiries } from './remote/node-inquiries.ts'
export { adminResource } from './wire/admin-resource.ts'
