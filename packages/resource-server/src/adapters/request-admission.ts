/**
 * Where the admission of a request is kept for whoever answers it, in frameworks that hand one request object from
 * middleware to middleware: its property `admission`.
 */
import type { Admission, VerifiedClaims } from '../verdict.ts'

/** A framework's request behind a protection. */
export interface AdmittedRequest<Claims = VerifiedClaims> {
  admission?: Admission<Claims>
}

/**
 * The admission of a request, as the last protection before this call left it.
 *
 * Throws `TypeError` for a request that no protection let through: the route is not protected, which is a mistake in
 * the application and no answer for its caller.
 */
export function admissionOf(request: object): Admission {
  return admissionWith(request)
}

/** Leaves the admission of a request for whoever answers it. */
export function keepAdmission<Claims>(request: object, admission: Admission<Claims>): void {
  const admitted: AdmittedRequest<Claims> = request
  admitted.admission = admission
}

/** As {@link admissionOf}, with the claims that the caller knows its guard to make. */
export function admissionWith<Claims>(request: object): Admission<Claims> {
  const { admission } = request as AdmittedRequest<Claims>
  if (admission?.admitted === true) return admission
  throw new TypeError('admission: the request came through no protect()')
}
