/** The forward-auth endpoint behind a real Caddy with the configuration that is shipped. */
import { caddy } from './forward-auth/caddy.ts'
import { proxyContract } from './forward-auth/proxy-contract.ts'
import type { Change } from './forward-auth/shipped-proxy.ts'

const change = (from: string, to: string): Change => ['Caddyfile', from, to]
const without = (line: string): Change => change(`\t${line}\n`, '')

const decisions = 'handle /decisions/* {'
const first = '\t\timport strip\n'
const letsDots = change('\t\trespond @ambiguous 400\n', '')
const toApi = 'reverse_proxy 127.0.0.1:3000'

proxyContract(caddy, [
  [
    'does not take identity fields out of paths for everybody',
    'open-plain',
    without('request_header -Mintmark*'),
  ],
  ['lets names in that programs cannot tell apart', 'open-aliased', without('request_header -*_*')],
  [
    'forgets one of the fields behind a token',
    'honest',
    change('Mintmark-Client Mintmark-Subject', 'Mintmark-Client'),
  ],
  [
    'lets clients name fields that are taken out again',
    'hidden-identity',
    without('request_header -Connection'),
  ],
  [
    'passes on what a client says about what it asked for',
    'forwarding',
    without('request_header -X-Original-*'),
  ],
  [
    'asks for no token where one is needed',
    'no-token',
    change(decisions, `${decisions}\n${toApi}\n}\nhandle /never {`),
  ],
  [
    'believes what a client says about where it wants to go',
    'open-by-x-original-uri',
    change(
      first,
      `\t\t@open header X-Original-Uri /public/*\n\t\thandle @open {\n${toApi}\n}\n${first}`,
    ),
  ],
  [
    'chooses a route by a path that it has not resolved',
    'path-1',
    change('handle /public/*', '@open vars_regexp {http.request.uri} ^/public/\n\t\thandle @open'),
    letsDots,
  ],
  ['lets dots through that others resolve', 'path-8', letsDots],
  [
    'lets clients ask the guard',
    'endpoint-2',
    change(first, `${first}\t\thandle /check* {\nreverse_proxy 127.0.0.1:8081\n}\n`),
  ],
  [
    'does not tell the guard what was asked for',
    'token-in-query',
    change('(identity) {', '(identity) {\nheader_up -X-Forwarded-Uri'),
  ],
])
