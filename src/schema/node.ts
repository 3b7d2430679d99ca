import { node, nodeId, nodes } from '../resolvers/nodes.ts'
import { typeNameOf } from '../resolvers/request/results.ts'
import { builder } from './builder.ts'
import { costOfNodes, rowCost } from './costs.ts'
import { NodeType } from './refs.ts'

NodeType.implement({ resolveType: typeNameOf, fields: (t) => ({ id: t.id({ resolve: nodeId }) }) })

builder.queryFields((t) => ({
  node: t.field({
    type: NodeType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    complexity: rowCost,
    resolve: node,
  }),
  nodes: t.field({
    type: [NodeType],
    nullable: { list: false, items: true },
    args: { ids: t.arg.idList({ required: true }) },
    complexity: costOfNodes,
    resolve: nodes,
  }),
}))
