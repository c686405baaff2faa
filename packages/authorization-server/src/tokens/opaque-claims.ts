/**
 * The claims inside an opaque token, in as few bytes as are needed. They are sealed before they leave and judged only
 * after the seal was found whole, so what is read here was written here, by this version or by another.
 *
 * Layout: `iat` (6 bytes), lifetime in seconds (4), then members: tag (1), length (2), UTF-8 text. The issuer is not
 * among them: the seal stands for it. Invariant: a tag that is not known is not skipped, for it may be a restriction.
 */
import type {
  AccessTokenClaims,
  Actor,
  AuthorizationDetail,
  Confirmation,
} from '@mintmark/protocol'

/** What an opaque token says beside its instants and its `jti`. */
export interface OpaqueMembers {
  readonly clientId: string
  readonly scope: string
  /** At least one. */
  readonly audience: readonly string[]
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
  readonly subject?: string | undefined
  readonly actor?: Actor | undefined
}

const tags = {
  clientId: 1,
  scope: 2,
  audience: 3,
  keyThumbprint: 4,
  certificateThumbprint: 5,
  authorizationDetails: 6,
  subject: 7,
  actor: 8,
}

const INSTANT_BYTES = 6
const INSTANTS_BYTES = INSTANT_BYTES + 4
const MEMBER_HEAD_BYTES = 3

/** Writes what is constant for one granted access. */
export function encodeOpaqueMembers({
  clientId,
  scope,
  audience,
  authorizationDetails: details,
  subject,
  actor,
}: OpaqueMembers): Uint8Array {
  return Buffer.concat([
    member(tags.clientId, clientId),
    member(tags.scope, scope),
    ...audience.map((one) => member(tags.audience, one)),
    ...(details === undefined ? [] : [member(tags.authorizationDetails, JSON.stringify(details))]),
    ...(subject === undefined ? [] : [member(tags.subject, subject)]),
    ...(actor === undefined ? [] : [member(tags.actor, JSON.stringify(actor))]),
  ])
}

/** Writes the claims of one token: its instants, what is constant, and to what it is bound. */
export function encodeOpaqueClaims(
  members: Uint8Array,
  nowSeconds: number,
  lifetimeSeconds: number,
  confirmation: Confirmation | undefined,
): Uint8Array {
  const instants = Buffer.allocUnsafe(INSTANTS_BYTES)
  instants.writeUIntBE(nowSeconds, 0, INSTANT_BYTES)
  instants.writeUInt32BE(lifetimeSeconds, INSTANT_BYTES)
  if (confirmation === undefined) return Buffer.concat([instants, members])
  const { jkt, 'x5t#S256': certificate } = confirmation
  return Buffer.concat([
    instants,
    members,
    ...(jkt === undefined ? [] : [member(tags.keyThumbprint, jkt)]),
    ...(certificate === undefined ? [] : [member(tags.certificateThumbprint, certificate)]),
  ])
}

/** The claims as a JWT would have them; `undefined` for what this version does not understand whole. */
export function decodeOpaqueClaims(
  plain: Buffer,
  issuer: string,
  jti: string,
): AccessTokenClaims | undefined {
  const members = readMembers(plain)
  const clientId = members?.get(tags.clientId)?.[0]
  const scope = members?.get(tags.scope)?.[0]
  const audience = members?.get(tags.audience)
  if (clientId === undefined || scope === undefined || audience === undefined) return undefined
  const details = members?.get(tags.authorizationDetails)?.[0]
  const actor = members?.get(tags.actor)?.[0]
  const iat = plain.readUIntBE(0, INSTANT_BYTES)
  const confirmation = confirmationOf(
    members?.get(tags.keyThumbprint)?.[0],
    members?.get(tags.certificateThumbprint)?.[0],
  )
  return {
    iss: issuer,
    sub: members?.get(tags.subject)?.[0] ?? clientId,
    aud: audience.length === 1 ? (audience[0] as string) : audience,
    client_id: clientId,
    scope,
    iat,
    exp: iat + plain.readUInt32BE(INSTANT_BYTES),
    jti,
    ...confirmation,
    // Written by `encodeOpaqueMembers`, and nobody else has the key of the seal.
    ...(details === undefined ? {} : { authorization_details: JSON.parse(details) }),
    ...(actor === undefined ? {} : { act: JSON.parse(actor) }),
  }
}

const knownTags: ReadonlySet<number> = new Set(Object.values(tags))

function member(tag: number, text: string): Buffer {
  const length = Buffer.byteLength(text)
  const written = Buffer.allocUnsafe(MEMBER_HEAD_BYTES + length)
  written[0] = tag
  written.writeUInt16BE(length, 1)
  written.write(text, MEMBER_HEAD_BYTES)
  return written
}

function readMembers(plain: Buffer): ReadonlyMap<number, readonly string[]> | undefined {
  const members = new Map<number, string[]>()
  let at = INSTANTS_BYTES
  while (at < plain.length) {
    const start = at + MEMBER_HEAD_BYTES
    if (start > plain.length) return undefined
    const tag = plain.readUInt8(at)
    const end = start + plain.readUInt16BE(at + 1)
    if (!knownTags.has(tag) || end > plain.length) return undefined
    const texts = members.get(tag)
    const text = plain.toString('utf8', start, end)
    if (texts === undefined) members.set(tag, [text])
    else texts.push(text)
    at = end
  }
  return members
}

function confirmationOf(
  keyThumbprint: string | undefined,
  certificateThumbprint: string | undefined,
): { readonly cnf?: Confirmation } {
  if (keyThumbprint === undefined && certificateThumbprint === undefined) return {}
  return {
    cnf: {
      ...(keyThumbprint === undefined ? {} : { jkt: keyThumbprint }),
      ...(certificateThumbprint === undefined ? {} : { 'x5t#S256': certificateThumbprint }),
    },
  }
}
