/**
 * Every bound this package puts on what it reads, each with its reason. Lengths are UTF-16 code
 * units of the text as received; for the ASCII-only messages here that is the same as octets.
 */

/**
 * A form body. The largest honest one is an introspection request for the longest access token we
 * read (`accessTokenLengthMax`) next to a client assertion of 8 KiB.
 */
export const formLengthMax = 32_768

/**
 * Parameters in one request. The longest request of the standards we speak has about fifteen;
 * `resource` may repeat on top of that. Ten times more would buy nothing but work for a hostile
 * sender.
 */
export const parametersMax = 64

/** A request as a JSON document: the same content as a form, with room for `\u` escapes. */
export const jsonRequestLengthMax = 65_536

/**
 * A JSON request is an object of strings, at most one array inside it. Anything deeper is refused
 * unread.
 */
export const jsonRequestDepthMax = 2

/**
 * A scope as one text. It has to fit, together with everything else, into an access token of 8 KiB
 * and into a `WWW-Authenticate` header.
 */
export const scopeLengthMax = 4_096

/** Scope tokens in one scope. Sets of a few hundred are the largest seen in use. */
export const scopeTokensMax = 256

/** An issuer identifier: the length browsers and proxies commonly accept for a URL. */
export const issuerLengthMax = 2_048

/** A resource indicator: a URL like the issuer's. */
export const resourceLengthMax = 2_048

/**
 * The `Authorization` value of Basic credentials. HTTP servers bound all headers together at 8 to
 * 16 KiB.
 */
export const basicCredentialsLengthMax = 8_192

/**
 * An access token in a token response. Twice what HTTP servers accept in a header by default, so
 * that a token which is of no use is told apart from a body that is not a token response.
 */
export const accessTokenLengthMax = 16_384

/** A token type: a short registered name, or a URI of an extension. */
export const tokenTypeLengthMax = 64

/**
 * A token or introspection response: the longest access token, and the claims of some servers
 * beside it.
 */
export const tokenResponseLengthMax = 65_536

/** Nesting of those responses. `authorization_details` (RFC 9396) goes to about five. */
export const tokenResponseDepthMax = 16

/**
 * The longest lifetime believed: ten years. Beyond that a sum with a wall clock stops making sense
 * as a date.
 */
export const lifetimeSecondsMax = 315_360_000

/** An error code. The longest registered one has 38 characters. */
export const errorCodeLengthMax = 64

/** A `WWW-Authenticate` value, see `basicCredentialsLengthMax`. */
export const challengeLengthMax = 8_192

/** Challenges in one value: one per scheme a server knows, of which a dozen are registered. */
export const challengesMax = 16

/** Parameters in one challenge. Digest and DPoP have fewer than ten. */
export const challengeParametersMax = 32

/**
 * A metadata document. The largest seen in the field have about 10 KiB; scope lists grow without a
 * bound.
 */
export const metadataLengthMax = 262_144

/**
 * Nesting of a metadata document: lists, and `mtls_endpoint_aliases`. The rest is room for
 * extensions.
 */
export const metadataDepthMax = 16

/**
 * `authorization_details` as one text (RFC 9396). The granted ones go into the token, base64-encoded,
 * and the token has to fit into 8 KiB.
 */
export const authorizationDetailsLengthMax = 4_096

/** Objects in it. The examples of the RFC have up to three. */
export const authorizationDetailsMax = 32

/** Nesting of it, its own array included. The examples of the RFC go to four. */
export const authorizationDetailsDepthMax = 8

/** The name of a type: a word, or a URL of whoever defined it. */
export const authorizationDetailsTypeLengthMax = 256

/**
 * A revocation feed: a hundred times what 10,000 revoked tokens take. Whoever has more has lost a key, and withdraws
 * that.
 */
export const feedLengthMax = 8_388_608

/** Nesting of its content: two instants in an object in an object. */
export const feedDepthMax = 4

/** Revoked tokens in a feed: what fits into `feedLengthMax`. */
export const revokedTokensMax = 1_048_576

/** Octets of a certificate in a header: with RSA keys of 4,096 bits and many names they are 3,000. */
export const clientCertificateBytesMax = 12_288
