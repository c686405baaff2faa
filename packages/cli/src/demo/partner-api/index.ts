export {
  applicationsScope,
  createPartnerApi,
  type Door,
  decisionsScope,
  type PartnerApiOptions,
} from './partner-api.ts'
