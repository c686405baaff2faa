/**
 * Keycloak (www.keycloak.org, "Securing applications and services with OpenID Connect"). The realm is
 * part of the issuer. A wrong secret and a client without a service account have the same answer.
 */
import { demand, type Preset } from './preset.ts'

/** What is known about Keycloak. */
export const keycloak: Preset = {
  metadata: 'openid-configuration',
  checkClient: ({ issuer }) => {
    demand(
      issuer === undefined || REALM.test(issuer),
      'issuer: expected https://HOST/realms/REALM, with /auth before /realms on old servers',
    )
  },
}

const REALM = /\/realms\/[^/]+$/
