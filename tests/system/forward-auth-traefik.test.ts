/** The forward-auth endpoint behind a stand-in for Traefik that reads the configuration that is shipped. */
import { proxyContract } from './forward-auth/proxy-contract.ts'
import type { Change } from './forward-auth/shipped-proxy.ts'
import { traefik } from './forward-auth/traefik.ts'

const entry = (from: string, to: string): Change => ['traefik.yaml', from, to]
const route = (from: string, to: string): Change => ['api.yaml', from, to]

proxyContract(traefik, [
  [
    'does not take identity fields out on every path',
    'open-plain',
    route('          Mintmark-Client: ""\n', ''),
  ],
  [
    'lets names in that programs cannot tell apart',
    'open-dots',
    entry('aliasHeadersStrategy: reject', 'aliasHeadersStrategy: keep'),
  ],
  [
    'forgets one of the fields behind a token',
    'honest',
    route('          - Mintmark-Subject\n', ''),
  ],
  [
    'passes on what a client says about what it asked for',
    'forwarding',
    route('          X-Original-Uri: ""\n', ''),
  ],
  [
    'asks for no token where one is needed',
    'no-token',
    route('[strip, decisions-read, without-token]', '[strip, without-token]'),
  ],
  [
    'chooses a route by a path that it has not resolved',
    'path-1',
    entry('sanitizePath: true', 'sanitizePath: false'),
  ],
  [
    'lets dots and backslashes through that others resolve',
    'path-11',
    route('PathRegexp(`', 'PathRegexp(`never'),
  ],
  [
    'takes no escaped slash for one, with an API that does',
    'path-3',
    entry('allowEncodedSlash: false', 'allowEncodedSlash: true'),
  ],
])
