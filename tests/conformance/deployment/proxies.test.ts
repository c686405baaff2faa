/** The configurations of proxies that ask the guard: what they ask for and copy is what there is. */
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { inRoot, read } from './program.ts'

// biome-ignore lint/suspicious/noExplicitAny: its shape is what the tests are about
type Document = any

const source = (name: string) =>
  import(pathToFileURL(inRoot(`packages/cli/src/forward-auth/${name}.ts`)).href)
const { identityNames }: { identityNames: readonly string[] } = await source('identity-headers')
const { createTargetReader } = await source('check-target')
const readTarget: (target: string) => { scope: string | undefined } | undefined =
  createTargetReader()

const names = identityNames.map((name) => name.replaceAll(/\b[a-z]/g, (l) => l.toUpperCase()))
const scopes = ['applications:write', 'decisions:read']

/** The scopes for which the guard is asked at these targets; fails for one that it does not understand. */
function scopesOf(targets: readonly string[]): readonly (string | undefined)[] {
  return targets
    .map((target) => {
      const read = readTarget(target)
      assert(read !== undefined, target)
      return read.scope
    })
    .toSorted()
}

describe('the configuration of nginx', () => {
  const files = globSync('deploy/nginx/**/*.conf', { cwd: inRoot('.') })

  it('sets every identity field on every path, and hides them from the guard', () => {
    for (const name of names) {
      const variable = `$${name.toLowerCase().replace('-', '_')}`
      const admitted = read('deploy/nginx/mintmark/admitted.conf')
      assert(admitted.includes(`proxy_set_header ${name} ${variable};`))
      assert(admitted.includes(`auth_request_set ${variable} $upstream_http_${variable.slice(1)};`))
      for (const file of ['anonymous', 'check']) {
        const text = read(`deploy/nginx/mintmark/${file}.conf`)
        assert(text.includes(`proxy_set_header ${name} "";`), `${file} ${name}`)
      }
    }
  })

  it('asks for what the guard understands, in every location but those for everybody', () => {
    const site = read('deploy/nginx/conf.d/api.conf')
    const asked = Array.from(
      site.matchAll(/proxy_pass http:\/\/mintmark_guard(\S+);/g),
      (m) => m[1],
    )
    assert.deepEqual(scopesOf(asked.map(String)), [...scopes, undefined])
    const locations = Array.from(
      site.matchAll(/location \/\S* \{(.*?)\n {4}\}/gs),
      (m) => m[1] ?? '',
    )
    assert.equal(locations.length, 4)
    for (const text of locations) {
      const isGuarded = /auth_request \/_mintmark\/[a-z-]+;\n\s+include mintmark\/admitted\.conf;/
      assert(isGuarded.test(text) || text.includes('include mintmark/anonymous.conf;'), text)
    }
  })

  it('includes only what is there', () => {
    for (const file of files) {
      for (const [, included = ''] of read(file).matchAll(/^\s*include (\S+);/gm)) {
        assert(files.includes(`deploy/nginx/${included}`), included)
      }
    }
  })
})

describe('the configuration of Traefik', () => {
  const { http }: Document = parse(read('deploy/traefik/api.yaml'))
  const chains: readonly (readonly string[])[] = Object.values(http.routers).map(
    (router: Document) => router.middlewares,
  )

  it('copies every identity field, and takes them out first, in spellings that are let in', () => {
    const fields = http.middlewares.strip.headers.customRequestHeaders
    for (const name of names) {
      assert.equal(fields[name], '')
    }
    for (const { forwardAuth } of Object.values<Document>(http.middlewares)) {
      if (forwardAuth === undefined) continue
      assert.deepEqual(forwardAuth.authResponseHeaders, names)
      assert.deepEqual(Object.keys(forwardAuth), ['address', 'authResponseHeaders'])
    }
    assert(chains.every(([first]) => first === 'strip'))
  })

  it('asks for what the guard understands, on every router but that for everybody', () => {
    const asked = Object.values<Document>(http.middlewares).flatMap(({ forwardAuth }) =>
      forwardAuth === undefined ? [] : [forwardAuth.address.replace('http://127.0.0.1:8081', '')],
    )
    assert.deepEqual(scopesOf(asked), [...scopes, undefined])
    const guards = Object.keys(http.middlewares).filter(
      (name) => http.middlewares[name].forwardAuth,
    )
    const open = Object.entries<Document>(http.routers).filter(
      ([, { middlewares }]) => !middlewares.some((name: string) => guards.includes(name)),
    )
    assert.deepEqual(
      open.map(([name, { service }]) => [name, service]),
      [
        ['ambiguous', 'noop@internal'],
        ['public', 'api'],
      ],
    )
    const known = new Set(Object.keys(http.middlewares))
    assert(chains.flat().every((name) => known.has(name)))
    const { entryPoints }: Document = parse(read('deploy/traefik/traefik.yaml'))
    const { forwardedHeaders, http: entering } = entryPoints.web
    assert.deepEqual(forwardedHeaders, { trustedIPs: [] })
    assert.deepEqual([entering.aliasHeadersStrategy, entering.sanitizePath], ['reject', true])
    const escapes = Object.values(entering.encodedCharacters)
    assert.deepEqual([escapes.length, escapes.includes(true)], [7, false])
  })
})

describe('the configuration of Envoy', () => {
  const { static_resources: resources }: Document = parse(read('deploy/envoy/envoy.yaml'))
  const connections = resources.listeners[0].filter_chains[0].filters[0].typed_config
  const asking: readonly Document[] = connections.http_filters.filter(({ name }: Document) =>
    name.startsWith('guard.'),
  )

  it('asks for what the guard understands, and lets nothing through that was not answered', () => {
    const prefixes = asking.map(({ typed_config: { http_service } }) => http_service.path_prefix)
    assert.deepEqual(scopesOf(prefixes.map((prefix) => `${prefix}/a?scope=b`)), [
      ...scopes,
      undefined,
    ])
    for (const { typed_config: filter } of asking) {
      assert.equal(filter.failure_mode_allow, false)
      assert.deepEqual(filter.status_on_error, { code: 'ServiceUnavailable' })
      const { authorization_response: answer } = filter.http_service
      assert.deepEqual(answer.allowed_upstream_headers, { patterns: [{ prefix: 'mintmark-' }] })
    }
    assert(names.every((name) => name.toLowerCase().startsWith('mintmark-')))
  })

  it('asks once about every request, but not at all on the path for everybody', () => {
    const known = asking.map(({ name }) => name)
    const routes: readonly Document[] = connections.route_config.virtual_hosts[0].routes
    for (const { match, direct_response, typed_per_filter_config: own = {} } of routes) {
      if (direct_response !== undefined) continue
      assert(Object.keys(own).every((name) => known.includes(name)))
      const asked = asking.filter(({ name, disabled = false }) =>
        own[name] === undefined ? !disabled : own[name].disabled !== true,
      )
      assert.equal(asked.length, match.prefix === '/public/' ? 0 : 1, match.prefix)
    }
    assert.equal(routes.at(-1).match.prefix, '/')
    const always = asking.filter(({ disabled }) => disabled !== true).map(({ name }) => name)
    assert.deepEqual(always, ['guard.token'])
  })

  it('refuses what it and the API could read differently, and strips identities before all else', () => {
    const { common_http_protocol_options: options } = connections
    assert.deepEqual(options, { headers_with_underscores_action: 'REJECT_REQUEST' })
    assert.equal(connections.normalize_path, true)
    assert.equal(connections.path_with_escaped_slashes_action, 'REJECT_REQUEST')
    const [{ typed_config: strip }] = connections.early_header_mutation_extensions
    const matcher = { prefix: 'mintmark', ignore_case: true }
    const odd = { safe_regex: { regex: '[a-z0-9-]*[^a-z0-9:-].*' } }
    assert.deepEqual(
      strip.mutations,
      [matcher, odd].map((each) => ({ remove_on_match: { key_matcher: each } })),
    )
    const clusters = resources.clusters.map(({ name }: Document) => name)
    assert.deepEqual(clusters, ['guard', 'api'])
  })
})

describe('the configuration of Caddy', () => {
  const text = read('deploy/caddy/Caddyfile')

  it('copies every identity field, and takes them out first', () => {
    assert.match(text, new RegExp(`copy_headers ${names.join(' ')}\n`))
    assert.match(text, /\troute \{\n(\t\t[#@r].*\n)*\t\timport strip\n/)
    // Every character that a name may have beside letters, digits and dashes (RFC 9110 section 5.6.2).
    const odd = Array.from("!#$%&'*+.^_`|~", (character) => `-*${character}*`)
    for (const line of ['-Mintmark*', '-Connection', ...odd]) {
      assert(text.includes(`\trequest_header ${line}\n`), line)
    }
  })

  it('asks for what the guard understands, on every route but that for everybody', () => {
    const [site = ''] = text.split('\thandle_errors {')
    const routes = Array.from(site.matchAll(/\t\thandle ?(\S*) \{\n(.*?)\n\t\t\}/gs))
    assert.equal(routes.length, 4)
    const asking =
      /^\s+route \{\s+vars asked guard\s+forward_auth \S+ \{\s+uri (\S+)\s+import identity\s+\}\s+import admitted\s+\}$/
    const asked = routes.flatMap(([, , body = '']) => asking.exec(body)?.[1] ?? [])
    assert.deepEqual(scopesOf(asked), [...scopes, undefined])
    const open = routes.filter(([, , body = '']) => !asking.test(body))
    assert.deepEqual(
      open.map(([, path]) => path),
      ['/public/*'],
    )
  })

  it('has its braces in pairs', () => {
    const lines = text.split('\n').filter((line) => !line.trim().startsWith('#'))
    const count = (mark: string) => lines.filter((line) => line.trim().endsWith(mark)).length
    assert.equal(
      count(' {') + lines.filter((line) => line === '{').length,
      lines.filter((line) => line.trim() === '}').length,
    )
  })
})
