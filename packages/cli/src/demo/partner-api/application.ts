/**
 * What an application is, and how it is read from a request: every member is checked, and none is made up or ignored.
 * Names with underscores are those of the wire.
 */
import { type JsonObject, member, parseJsonObject } from '@mintmark/protocol'
import { amountMax, applicantLengthMax, bodyBytesMax, referenceLengthMax } from './limits.ts'

/** What a partner sends. */
export interface ApplicationDraft {
  readonly applicant: string
  /** In the smallest unit of the currency. */
  readonly amount: number
  readonly currency: string
  readonly reference: string | undefined
}

/** What became of it. */
export type Decision = 'approved' | 'declined' | 'in_review'

/** An application that was taken. */
export interface Application extends ApplicationDraft {
  readonly id: string
  readonly clientId: string
  readonly decision: Decision
  readonly receivedAtWallMs: number
}

/** A member that is not as it has to be, by its JSON pointer (RFC 6901). */
export interface Fault {
  readonly pointer: string
  readonly detail: string
}

/** A draft, what is wrong with its members, or that the body is no JSON object at all. */
export type ReadDraft =
  | { readonly draft: ApplicationDraft }
  | { readonly faults: readonly Fault[] }
  | 'malformed'

const MEMBERS = ['applicant', 'amount', 'currency', 'reference']
const TEXT = /^[^\p{Cc}\p{Cs}]+$/u
const CURRENCY = /^[A-Z]{3}$/

/** Reads the body of `POST /applications`. */
export function readDraft(body: string): ReadDraft {
  const parsed = parseJsonObject(body, { depthMax: 1, lengthMax: bodyBytesMax })
  if (!parsed.ok) return 'malformed'
  const [applicant, amount, currency, reference] = MEMBERS.map((name) => member(parsed.value, name))
  const faults: Fault[] = unknownMembers(parsed.value)
  const fault = (name: string, detail: string) => void faults.push({ pointer: `/${name}`, detail })
  if (!isText(applicant, applicantLengthMax)) {
    fault('applicant', `expected a text of 1 to ${applicantLengthMax} characters`)
  }
  if (!isAmount(amount)) fault('amount', `expected a whole number from 1 to ${amountMax}`)
  if (typeof currency !== 'string' || !CURRENCY.test(currency)) {
    fault('currency', 'expected the three letters of a currency, such as EUR')
  }
  if (reference !== undefined && !isText(reference, referenceLengthMax)) {
    fault('reference', `expected a text of 1 to ${referenceLengthMax} characters`)
  }
  if (faults.length > 0) return { faults }
  return { draft: { applicant, amount, currency, reference } as ApplicationDraft }
}

/** Names are not repeated: they may be anything. */
function unknownMembers(value: JsonObject): Fault[] {
  const isUnknown = Object.keys(value).some((name) => !MEMBERS.includes(name))
  return isUnknown ? [{ pointer: '', detail: `expected no members but ${MEMBERS.join(', ')}` }] : []
}

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length <= lengthMax && TEXT.test(value)
}

function isAmount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= amountMax
}

const APPROVED_UP_TO = 1_000_000
const REVIEWED_UP_TO = 10_000_000

/** The rule of this API: small amounts are approved, larger ones looked at, and the largest declined. */
export function decide({ amount }: ApplicationDraft): Decision {
  if (amount <= APPROVED_UP_TO) return 'approved'
  return amount <= REVIEWED_UP_TO ? 'in_review' : 'declined'
}

/** An application as it is shown. It does not tell the decision, which takes another scope. */
export function applicationDocument(application: Application): object {
  const { id, applicant, amount, currency, reference, receivedAtWallMs } = application
  const received_at = new Date(receivedAtWallMs).toISOString()
  return { id, status: 'received', applicant, amount, currency, reference, received_at }
}

/** Its decision as it is shown. */
export function decisionDocument({ id, reference, decision }: Application): object {
  return { application: id, reference, decision }
}
