/** A client with a preset, a stand-in of the service behind its transport, and one clock for both. */
import {
  createTokenClient,
  type PresetName,
  type TokenClient,
  type TokenClientOptions,
} from '@mintmark/client'
import {
  auth0StandIn,
  cognitoStandIn,
  credicorpStandIn,
  entraStandIn,
  FakeClock,
  firstyStandIn,
  keycloakStandIn,
  myparcelStandIn,
  oktaStandIn,
  type StandIn,
  type StandInOptions,
  seededRandom,
} from '@mintmark/testkit'

/** The least that gets a token from each service: preset, credentials, and what the service asks for. */
export const services = {
  credicorp: { standIn: credicorpStandIn, request: {} },
  myparcel: { standIn: myparcelStandIn, request: {} },
  firsty: { standIn: firstyStandIn, request: {} },
  auth0: { standIn: auth0StandIn, request: { audience: 'https://orders.example/' } },
  okta: { standIn: oktaStandIn, request: { scope: 'orders.read' } },
  entra: { standIn: entraStandIn, request: { scope: 'api://orders/.default' } },
  keycloak: { standIn: keycloakStandIn, request: {} },
  cognito: { standIn: cognitoStandIn, request: {} },
} as const satisfies Record<PresetName, unknown>

export const presetNames = Object.keys(services) as PresetName[]

export interface PresetWorld {
  readonly client: TokenClient
  readonly clock: FakeClock
  readonly standIn: StandIn
  /** What was asked for, in order. */
  readonly urls: readonly string[]
}

/** A client with default options but those given, and a stand-in likewise. */
export function presetWorld(
  name: PresetName,
  options: Partial<TokenClientOptions> = {},
  more: object = {},
): PresetWorld {
  const clock = new FakeClock()
  const { standIn: make, request } = services[name]
  const standIn = (make as (options: StandInOptions) => StandIn)({ clock, ...more })
  const urls: string[] = []
  const client = createTokenClient({
    preset: name,
    ...(options.tokenEndpoint === undefined && { issuer: standIn.issuer }),
    clientId: standIn.client.clientId,
    ...(options.clientAuthentication === undefined && {
      clientSecret: standIn.client.clientSecret,
    }),
    ...request,
    clock,
    random: seededRandom(1),
    transport: async (input, init) => {
      urls.push(String(input))
      return standIn.responder(new Request(input, init))
    },
    ...options,
  })
  return { client, clock, standIn, urls }
}
