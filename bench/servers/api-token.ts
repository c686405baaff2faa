/** The one token that the API of the request benchmark accepts, as long as a signed token usually is. */
export const API_TOKEN = 'bench-access-token-'.padEnd(500, 'k')
