/** Descriptions of the places that the schema's files do not describe themselves. */
export type Descriptions = {
  /** `Team.usage(from)` */
  readonly byPlace: Readonly<Record<string, string>>
  /** Descriptions of names that have one meaning everywhere. */
  readonly byName: {
    readonly union: string
    readonly connection: string
    readonly edge: string
    readonly input: string
    /** The id of a Node. */
    readonly id: string
    /** Arguments and fields of inputs. */
    readonly inputs: Readonly<Record<string, string>>
    readonly fields: Readonly<Record<string, string>>
  }
}

export const byName: Descriptions['byName'] = {
  union: 'The effect, or one of the expected failures. Nothing was done where it is a failure.',
  connection: "A page of a list, as Relay's specification defines it. The newest item is listed first.",
  edge: 'An item of a page with its place in the list.',
  input: 'The input of the mutation of that name.',
  id: 'Opaque and stable: `Query.node` takes it.',
  inputs: {
    idempotencyKey:
      '1 to 200 characters, one for each intended effect. The same key and input answer with the same effect, for ever.',
    teamId: "The team, for PLATFORM callers. Absent: the caller's own team.",
    memberId: 'The member that a PLATFORM caller acts for: the `sub` of its token, or its `id`. Absent: the caller.',
    reference:
      "The caller's own name for the work (job, message, conversation), at most 500 characters. The activity shows it.",
    usage: 'The usage, 1 to 50 lines.',
    holdId: 'The `id` of an open hold.',
    input: 'The values of the mutation.',
    rate: 'The code of a rate of the rate card, or its `id`.',
    packageId: 'The code of a package of `Query.packages`, or its `id`.',
    planId: 'The code of a plan of `Query.plans`, or its `id`.',
  },
  fields: {
    code: "Stable: SCREAMING_SNAKE of the type's name.",
    message: 'A text for people: the fault, and the next step.',
    edges: 'The items of this page with their cursors.',
    nodes: 'The items of this page.',
    pageInfo: 'Whether there are more pages, and where they begin.',
    cursor: 'Opaque. `after` and `before` of the same list, team and filter take it.',
    node: 'The item.',
    team: 'The team that owns it.',
    illustrative: "True where the catalog's number is an example and no price of the operator's.",
  },
}
