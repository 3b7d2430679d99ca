import {
  ActivityDocument,
  type ActivityFilter,
  NewerActivityDocument,
  type PostingFragment,
} from '../billing/contract.ts'
import { fieldOf, type TeamScope, teamOf } from './scope.ts'

export type ActivityPage = { readonly nodes: readonly PostingFragment[]; readonly hasMore: boolean }

/** A team's activity by one filter: older pages one after the other, and what is newer than all that was read. */
export class ActivityPages {
  readonly #scope: TeamScope
  readonly #filter: ActivityFilter
  #start: string | null = null
  #end: string | null = null

  constructor(scope: TeamScope, filter: ActivityFilter) {
    this.#scope = scope
    this.#filter = filter
  }

  /** Nothing was read yet from which newer postings could be counted. */
  get isEmpty(): boolean {
    return this.#start === null
  }

  async older(first: number, signal?: AbortSignal): Promise<ActivityPage> {
    const { client, teamId } = this.#scope
    const variables = { teamId, filter: this.#filter, first, after: this.#end }
    const { nodes, pageInfo } = fieldOf(teamOf(await client.request(ActivityDocument, variables, { signal })).activity)
    this.#start ??= pageInfo.startCursor
    this.#end = pageInfo.endCursor ?? this.#end
    return { nodes, hasMore: pageInfo.hasNextPage }
  }

  async newer(signal: AbortSignal): Promise<ActivityPage> {
    const { client, teamId } = this.#scope
    const variables = { teamId, filter: this.#filter, before: this.#start ?? '' }
    const data = await client.request(NewerActivityDocument, variables, { signal })
    const { nodes, pageInfo } = fieldOf(teamOf(data).activity)
    this.#start = pageInfo.startCursor ?? this.#start
    return { nodes, hasMore: pageInfo.hasPreviousPage }
  }
}
