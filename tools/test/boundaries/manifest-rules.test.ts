import { boundaries } from '../../boundaries.ts'
import { ruleSuite } from '../rule-suite.ts'
import { workspace } from './workspace.ts'

ruleSuite('manifests', boundaries, [
  {
    title: "a portable package that depends on somebody else's code",
    rule: 'dependency',
    broken: workspace({}, { client: 'lru-cache' }),
    at: ['packages/client/package.json:1'],
    corrected: workspace({}, { cli: 'lru-cache', 'authorization-server': 'kysely' }),
  },
  {
    title: 'a package that has no place in the design',
    rule: 'place',
    broken: workspace({ 'packages/extras/package.json': '{"name":"@mintmark/extras"}' }),
    at: ['packages/extras/package.json:1'],
    corrected: workspace({ 'packages/extras/README.md': 'no package' }),
  },
])
