/** What each setting must be, as the end of a sentence for whoever got it wrong. */
const expectations: Readonly<Record<string, string>> = {
  defaultResource: 'the id of a resource',
  addresses: 'a list of IP addresses and networks',
  quotas: 'a list of quotas',
  senderConstraint: 'one of none, dpop, certificate',
  authorizationDetailsTypes: 'a list of names of printable ASCII',
  authorizationDetailsMembers: 'by type, a list of names of printable ASCII',
  scopeMax: 'a scope of at least one token, and not *',
  exchangesTokens: 'true or false',
  shadowed: 'a list of policies',
  keys: 'a JWK Set, or its https URL',
  assertionAudience: 'one of strict, legacy',
  federatedIdentities: 'a list of federated identities',
}

/** By the name of the setting. */
export const settingExpectations: ReadonlyMap<string, string> = new Map(
  Object.entries(expectations),
)
