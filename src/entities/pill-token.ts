import { defineEntity, p } from '@mikro-orm/core'

/** A token for a browser. Of its secret there is the hash alone. */
export const PillTokenEntity = defineEntity({
  name: 'PillToken',
  tableName: 'pill_token',
  properties: {
    hash: p.blob().primary(),
    prefix: p.text(),
    teamId: p.text(),
    memberId: p.text(),
    use: p.text(),
    origin: p.text().nullable(),
    makerKind: p.text(),
    makerOwner: p.text(),
    makerSubject: p.text(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
  },
  indexes: [{ name: 'pill_token_end', properties: ['expiresAt'] }],
})
