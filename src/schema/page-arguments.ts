import { builder } from './builder.ts'

/** The arguments of a list that is read in pages. */
export const pageArguments = builder.args((t) => ({
  first: t.int({
    description: 'The number of items, from the newest on: 0 to 100. 20 where neither `first` nor `last` is given.',
  }),
  after: t.string({ description: 'Only items that are older than the one of this cursor.' }),
  last: t.int({
    description:
      'The number of items, from the oldest on, in place of `first`: 0 to 100. The newest is still listed first.',
  }),
  before: t.string({ description: 'Only items that are newer than the one of this cursor.' }),
}))
