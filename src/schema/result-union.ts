import { type MemberOf, resultUnions, type UnionName } from '../resolvers/request/result-unions.ts'
import { typeNameOf } from '../resolvers/request/results.ts'
import { builder } from './builder.ts'
import * as refs from './refs.ts'

const byName = { ...refs }

type Refs = { readonly [Member in MemberOf<UnionName>]: (typeof byName)[`${Member}Type`] }

/** The union of this name, as `resultUnions` lists its members. */
export function resultUnion<Name extends UnionName>(name: Name) {
  const members: readonly MemberOf<Name>[] = resultUnions[name].members
  const types = members.map((member) => byName[`${member}Type`] as Refs[MemberOf<Name>])
  return builder.unionType(name, { types, resolveType: typeNameOf })
}
