/** What tokens for the admin API are for. Apart from the operations, so that it can be had without their schemas. */

/** The audience of tokens for the admin API. A URN: what is administered may answer at many addresses. */
export const adminResource = 'urn:mintmark:admin'

/** What a token for the admin API may allow: to look, or to change things. */
export type AdminScope = 'admin:read' | 'admin:write'
