// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import { TypedDocumentString } from '../../client/contract.ts'
/** VIEWER reads; MEMBER also spends; ADMIN also buys and configures; PLATFORM (the operator's backend) acts for any team, grants, refunds and settles. */
export type Role =
  /** Reads, spends, buys and configures its team. */
  | 'ADMIN'
  /** Reads and spends. */
  | 'MEMBER'
  /** The operator's backend: everything, for any team. */
  | 'PLATFORM'
  /** Reads. */
  | 'VIEWER';

export type SignedQueryVariables = Exact<{ [key: string]: never; }>;


export type SignedQuery = { readonly viewer: { readonly memberId: string, readonly name: string | null, readonly role: Role, readonly team: { readonly id: string, readonly name: string } | null } };


export const SignedDocument = new TypedDocumentString(`
    query Signed {
  viewer {
    memberId
    name
    role
    team {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<SignedQuery, SignedQueryVariables>;
