/** The part of simple-oauth2 that is measured and tested; the package brings no types. */
declare module 'simple-oauth2' {
  export interface AccessToken {
    readonly token: Readonly<Record<string, unknown>>
    expired(windowSeconds?: number): boolean
    revoke(tokenType: 'access_token'): Promise<void>
  }

  export class ClientCredentials {
    constructor(options: {
      readonly client: { readonly id: string; readonly secret: string }
      readonly auth: {
        readonly tokenHost: string
        readonly tokenPath: string
        readonly revokePath?: string
      }
      readonly options?: {
        readonly credentialsEncodingMode?: 'strict' | 'loose'
        readonly bodyFormat?: 'form' | 'json'
        readonly authorizationMethod?: 'header' | 'body'
      }
    })
    getToken(parameters: { readonly scope: string }): Promise<AccessToken>
  }
}
