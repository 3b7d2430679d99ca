import { defineEntity } from '@mikro-orm/core'

/** What is no longer taken since when: a key, or the tokens of a member or of all members. Read in the order of `number`. */
export const RevocationEntity = defineEntity({
  name: 'Revocation',
  tableName: 'revocation',
  properties: (p) => ({
    teamId: p.string().primary(),
    kind: p.string().primary(),
    subject: p.string().primary(),
    revokedAt: p.datetime(3),
    number: p.bigint(),
  }),
})
