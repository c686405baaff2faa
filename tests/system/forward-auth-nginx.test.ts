/** The forward-auth endpoint behind a real nginx with the configuration that is shipped. */

import { nginx } from './forward-auth/nginx.ts'
import { proxyContract } from './forward-auth/proxy-contract.ts'
import type { Change } from './forward-auth/shipped-proxy.ts'

const admitted = 'mintmark/admitted.conf'
const anonymous = 'mintmark/anonymous.conf'
const check = 'mintmark/check.conf'
const site = 'conf.d/api.conf'

/** What the guard would refuse if it saw it. */
const blindGuard: Change = [
  ...([check, 'internal;'] as const),
  'internal; proxy_pass_request_headers off; proxy_set_header Authorization $http_authorization;',
]

proxyContract(nginx, [
  [
    'does not take identity fields out of paths for everybody',
    'open-plain',
    [anonymous, 'proxy_set_header Mintmark-Client "";', ''],
  ],
  [
    'forgets one of the fields behind a token',
    'spoof-plain',
    [admitted, 'proxy_set_header Mintmark-Subject $mintmark_subject;', 'proxy_pass_header X;'],
  ],
  [
    'passes on what a client says about itself',
    'about-client',
    [admitted, 'proxy_set_header Client-Cert "";', ''],
  ],
  [
    'passes on what a client says about what it asked for',
    'forwarding',
    [admitted, 'proxy_set_header X-Original-URI "";', ''],
  ],
  [
    'lets underscores in, with a program behind that cannot tell them apart',
    'aliased-forwarding',
    [site, 'underscores_in_headers off;', 'underscores_in_headers on;'],
    blindGuard,
  ],
  [
    'lets names with odd characters in',
    'spoof-dots',
    [site, 'ignore_invalid_headers on;', 'ignore_invalid_headers off;'],
    blindGuard,
  ],
  [
    'asks for no token where one is needed',
    'no-token',
    [site, 'auth_request /_mintmark/decisions-read;', 'auth_request off;'],
  ],
  [
    'believes what a client says about where it wants to go',
    'open-by-x-original-uri',
    [
      site,
      'auth_request /_mintmark/decisions-read;',
      'auth_request /_mintmark/decisions-read; if ($http_x_original_uri ~ ^/public/) { rewrite ^ /public/$uri; }',
    ],
  ],
  [
    'lets dots through that others resolve',
    'path-8',
    [site, 'if ($request_uri ~* "', 'if ($request_uri ~* "never'],
  ],
  ['lets clients ask the guard', 'endpoint-1', [check, 'internal;', '']],
  [
    'does not tell the guard what was asked for',
    'token-in-query',
    [check, 'proxy_set_header X-Original-URI $request_uri;', ''],
  ],
])
