/** The forward-auth endpoint behind a stand-in for Envoy that reads the configuration that is shipped. */
import { envoy } from './forward-auth/envoy.ts'
import { proxyContract } from './forward-auth/proxy-contract.ts'
import type { Change } from './forward-auth/shipped-proxy.ts'

const change = (from: string, to: string): Change => ['envoy.yaml', from, to]

proxyContract(envoy, [
  [
    'does not take identity fields out on entry',
    'open-plain',
    change('key_matcher: { prefix: mintmark,', 'key_matcher: { prefix: other,'),
  ],
  [
    'lets names in that programs cannot tell apart',
    'open-aliased',
    change('headers_with_underscores_action: REJECT_REQUEST', ''),
    change("regex: '[a-z0-9-]*[^", "regex: 'never[^"),
  ],
  [
    'passes on what a client says about what it asked for',
    'forwarding',
    change('                    - x-original-uri\n', ''),
  ],
  [
    'asks for no token where one is needed',
    'no-token',
    change('                            guard.decisions-read: *on\n', ''),
  ],
  [
    'chooses a route by a path that it has not resolved',
    'path-1',
    change('normalize_path: true', 'normalize_path: false'),
    change('merge_slashes: true', 'merge_slashes: false'),
  ],
  [
    'lets dots through that others resolve',
    'path-8',
    change("safe_regex: { regex: '.*/", "safe_regex: { regex: 'never.*/"),
  ],
  [
    'takes no escaped slash for one, with an API that does',
    'path-3',
    change('path_with_escaped_slashes_action: REJECT_REQUEST', ''),
  ],
])
