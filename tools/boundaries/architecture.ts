/** Who may import whom: the edges of the design, as a table. Whatever is not in it is forbidden. */

/** One package's place. `everything` is for the test kit, which nothing that is shipped may import. */
export interface Place {
  readonly mayImport: readonly string[] | 'everything'
  /** Runs wherever JavaScript runs, without anybody else's code. */
  readonly isPortable: boolean
}

/** By folder below `packages/`. */
export const places: ReadonlyMap<string, Place> = new Map([
  ['runtime', { mayImport: [], isPortable: true }],
  ['protocol', { mayImport: [], isPortable: true }],
  ['jwt', { mayImport: ['runtime', 'protocol'], isPortable: true }],
  ['limits', { mayImport: ['runtime'], isPortable: true }],
  ['client', { mayImport: ['runtime', 'protocol', 'jwt'], isPortable: true }],
  ['resource-server', { mayImport: ['runtime', 'protocol', 'jwt', 'limits'], isPortable: true }],
  [
    'authorization-server',
    { mayImport: ['runtime', 'protocol', 'jwt', 'limits'], isPortable: false },
  ],
  [
    'admin-api',
    {
      mayImport: ['authorization-server', 'resource-server', 'protocol', 'jwt', 'runtime'],
      isPortable: false,
    },
  ],
  ['testkit', { mayImport: 'everything', isPortable: false }],
  [
    'cli',
    {
      mayImport: [
        'client',
        'authorization-server',
        'resource-server',
        'admin-api',
        'limits',
        'protocol',
        'runtime',
        'testkit',
        // For `mintmark inspect`, which reads a token that it does not trust.
        'jwt',
      ],
      isPortable: false,
    },
  ],
])

/** One file that may import one package beyond its own package's edges. */
export const edgeExceptions: readonly { readonly path: string; readonly mayImport: string }[] = [
  // When a resource server introspects, it is itself a client (RFC 7662 section 2.1).
  {
    path: 'packages/resource-server/src/validators/introspected-token.ts',
    mayImport: 'client',
  },
]

/** Where modules of Node may be imported. A folder ends with a slash; `typeOnly` allows what is erased, no more. */
export const nodeAllowances: readonly { readonly path: string; readonly typeOnly: boolean }[] = [
  { path: 'packages/authorization-server/', typeOnly: false },
  { path: 'packages/admin-api/', typeOnly: false },
  { path: 'packages/cli/', typeOnly: false },
  { path: 'packages/testkit/src/attack-tokens/', typeOnly: false },
  { path: 'packages/testkit/src/attack-senders/', typeOnly: false },
  { path: 'packages/testkit/src/caddy/', typeOnly: false },
  { path: 'packages/testkit/src/loopback-server.ts', typeOnly: false },
  { path: 'packages/testkit/src/nginx/', typeOnly: false },
  { path: 'packages/testkit/src/postgres/', typeOnly: false },
  { path: 'packages/testkit/src/processes/', typeOnly: false },
  { path: 'packages/testkit/src/redis/', typeOnly: false },
  { path: 'packages/testkit/src/shared-store-contract/', typeOnly: false },
  { path: 'packages/resource-server/src/adapters/', typeOnly: true },
  { path: 'packages/client/src/adapters/', typeOnly: true },
  { path: 'packages/client/src/text-file.ts', typeOnly: false },
]

/** Where a portable package may import somebody else's package at run time: adapters, of their optional peer. */
export const peerAllowances: readonly { readonly path: string; readonly specifier: string }[] = [
  { path: 'packages/client/src/adapters/grpc.ts', specifier: '@grpc/grpc-js' },
  { path: 'packages/resource-server/src/adapters/nest.ts', specifier: '@nestjs/common' },
]
