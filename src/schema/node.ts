import { node, nodeId } from '../resolvers/nodes.ts'
import { typeNameOf } from '../resolvers/results.ts'
import { builder } from './builder.ts'
import { rowCost } from './costs.ts'
import { NodeType } from './refs.ts'

NodeType.implement({ resolveType: typeNameOf, fields: (t) => ({ id: t.id({ resolve: nodeId }) }) })

builder.queryField('node', (t) =>
  t.field({
    type: NodeType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    complexity: rowCost,
    resolve: node,
  }),
)
