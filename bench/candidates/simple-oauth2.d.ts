/** The part of simple-oauth2 that is measured; the package brings no types. */
declare module 'simple-oauth2' {
  export interface AccessToken {
    readonly token: Readonly<Record<string, unknown>>
    expired(windowSeconds?: number): boolean
  }

  export class ClientCredentials {
    constructor(options: {
      readonly client: { readonly id: string; readonly secret: string }
      readonly auth: { readonly tokenHost: string; readonly tokenPath: string }
    })
    getToken(parameters: { readonly scope: string }): Promise<AccessToken>
  }
}
