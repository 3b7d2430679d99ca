import { defineEntity, p } from '@mikro-orm/core'

/** A credential that is refused, and since when: a key, or the tokens of a member or of all members. Read in the order of `number`. */
export const RevocationEntity = defineEntity({
  name: 'Revocation',
  tableName: 'revocation',
  properties: {
    teamId: p.text().primary(),
    kind: p.text().primary(),
    subject: p.text().primary(),
    revokedAt: p.datetime(3),
    number: p.bigint().unique('revocation_number_key'),
  },
})
