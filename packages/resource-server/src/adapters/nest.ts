/**
 * The guard for NestJS, on Express or Fastify: a guard of Nest's kind, and two decorators.
 *
 * ```ts
 * import { Admission, metadata, protect, Scope } from '@mintmark/resource-server/nest'
 *
 * app.useGlobalGuards(protect({ guard }))
 * app.use(metadata({ guard })) // for a guard with option resource
 *
 * \@Controller('decisions')
 * class Decisions {
 *   \@Get()
 *   \@Scope('decisions:read')
 *   list(\@Admission() admission: Admission) {
 *     return { client: admission.clientId }
 *   }
 * }
 * ```
 */
import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpException,
  SetMetadata,
} from '@nestjs/common'
import type { GuardedRequest } from '../guarded-request.ts'
import { createProtection, type Protection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import { createScopePolicies, type ScopeRequirement } from '../scope-requirement.ts'
import type { Refusal, Admission as RequestAdmission, Verdict, VerifiedClaims } from '../verdict.ts'
import { metadata } from './express.ts'
import { groupedFields } from './refusal-fields.ts'
import { admissionOf, keepAdmission } from './request-admission.ts'

export { admissionOf, metadata }

/** What decorator {@link Admission} gives a parameter. */
export type Admission<Claims = VerifiedClaims> = RequestAdmission<Claims>

/**
 * Decorates a parameter of a route: the admission of its request. Fails with a `TypeError`, thus with status 500, on a
 * route without {@link protect}.
 */
export const Admission: () => ParameterDecorator = createParamDecorator(
  (_: undefined, context: ExecutionContext) => admissionOf(context.switchToHttp().getRequest()),
)

/** The exception behind every refusal, for exception filters of the application. */
export class RequestRefused extends HttpException {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.body === '' ? {} : JSON.parse(refusal.body), refusal.status)
    this.refusal = refusal
  }
}

const REQUIRED_SCOPE = '@mintmark/resource-server:scope'

/**
 * Decorates a route, or a controller for all its routes, with the scope it needs, in place of the one in the options
 * of {@link protect}. A route's own goes before its controller's.
 *
 * Throws `TypeError` for a scope requirement that is none. Does nothing where {@link protect} does not run.
 */
export function Scope<Claims = VerifiedClaims>(
  requirement: ScopeRequirement<Claims>,
): MethodDecorator & ClassDecorator {
  createScopePolicies<Claims>()(requirement)
  return SetMetadata(REQUIRED_SCOPE, requirement)
}

/**
 * Returns a guard of Nest's kind, for `app.useGlobalGuards` or `@UseGuards`, that lets only requests through whose
 * access token is good and whose scope is enough for {@link Scope} of the route, or else for option `scope`.
 *
 * The admission is the request's property `admission`: for {@link Admission} and {@link admissionOf}. A refused request
 * ends with the exception {@link RequestRefused}; its status and header fields are those of RFC 6750 whatever the
 * application's exception filters make of the body. What a scope predicate throws is an exception like any other.
 * Nothing more happens to a request that somebody else answered in the meantime, except that Nest calls its filters.
 * Where the contexts of a route are not HTTP (microservices, web sockets), nothing is let through: a `TypeError`.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect<Claims = VerifiedClaims>(options: ProtectOptions<Claims>): CanActivate {
  const protections = new RouteProtections(options)
  return {
    canActivate(context) {
      if (context.getType() !== 'http') throw new TypeError('protect: expected an HTTP context')
      const http = context.switchToHttp()
      const [request, response] = [http.getRequest<NestRequest>(), http.getResponse<NestResponse>()]
      const decided = protections.of(context).decide(request.raw ?? request, announcing(response))
      if (!(decided instanceof Promise)) return conclude(decided, request, response)
      return decided.then((verdict) => conclude(verdict, request, response))
    },
  }
}

/**
 * Returns a guard of Nest's kind for routes that anybody may call, without a token: it lets requests through as often
 * as the public ring grants their address. Others end with the exception {@link RequestRefused}: 429, and what it takes
 * to wait correctly. The address is that of the connection, or what `addresses` makes of it; no framework is asked.
 *
 * Throws `TypeError` for an unknown option, and `RangeError` for a cost that no bucket can ever hold.
 */
export function limit(options: LimitOptions): CanActivate {
  const route = createPublicRoute(options)
  return {
    canActivate(context) {
      if (context.getType() !== 'http') throw new TypeError('limit: expected an HTTP context')
      const http = context.switchToHttp()
      const [request, response] = [http.getRequest<NestRequest>(), http.getResponse<NestResponse>()]
      const decided = route.decide(request.raw ?? request, announcing(response))
      if (!(decided instanceof Promise)) return passOrRefuse(decided, response)
      return decided.then((refusal) => passOrRefuse(refusal, response))
    },
  }
}

function passOrRefuse(refusal: Refusal | undefined, response: NestResponse): boolean {
  if (isAnswered(response)) return false
  if (refusal === undefined) return true
  return refuse(refusal, response)
}

/** A request of Express, or one of Fastify around the message of `node:http`. */
type NestRequest = GuardedRequest & { readonly raw?: GuardedRequest }

/** A response of Express, or a reply of Fastify. */
interface NestResponse {
  readonly headersSent?: boolean
  readonly sent?: boolean
  setHeader?(name: string, value: string | string[]): unknown
  header(name: string, value: string | string[]): unknown
}

function isAnswered({ headersSent, sent }: NestResponse): boolean {
  return headersSent === true || sent === true
}

function announcing(response: NestResponse): (name: string, value: string | string[]) => void {
  return (name, value) => {
    if (isAnswered(response)) return
    if (response.setHeader === undefined) response.header(name, value)
    else response.setHeader(name, value)
  }
}

function conclude(
  verdict: Verdict<unknown>,
  request: NestRequest,
  response: NestResponse,
): boolean {
  if (isAnswered(response)) return false
  if (verdict.admitted) {
    keepAdmission(request, verdict)
    return true
  }
  return refuse(verdict, response)
}

function refuse(refusal: Refusal, response: NestResponse): never {
  for (const [name, value] of groupedFields(refusal)) announcing(response)(name, value)
  throw new RequestRefused(refusal)
}

/** The decision of each route, made when its first request comes. */
class RouteProtections<Claims> {
  readonly #options: ProtectOptions<Claims>
  readonly #byOptions: Protection<Claims>
  readonly #byScope = new Map<unknown, Protection<Claims>>()

  constructor(options: ProtectOptions<Claims>) {
    this.#options = options
    this.#byOptions = createProtection(options)
  }

  of(context: ExecutionContext): Protection<Claims> {
    const scope = scopeOf<Claims>(context.getHandler()) ?? scopeOf<Claims>(context.getClass())
    if (scope === undefined) return this.#byOptions
    const known = this.#byScope.get(scope)
    if (known !== undefined) return known
    const made = createProtection<Claims>({ ...this.#options, scope })
    this.#byScope.set(scope, made)
    return made
  }
}

/** The types of `reflect-metadata`, which Nest brings, would reach everybody who imports this file. */
function scopeOf<Claims>(target: object): ScopeRequirement<Claims> | undefined {
  const { getMetadata } = Reflect as unknown as {
    getMetadata(key: string, target: object): ScopeRequirement<Claims> | undefined
  }
  return getMetadata(REQUIRED_SCOPE, target)
}
