import { defineEntity } from '@mikro-orm/core'

/** A token for a browser. Of its secret there is the hash alone. */
export const PillTokenEntity = defineEntity({
  name: 'PillToken',
  tableName: 'pill_token',
  properties: (p) => ({
    hash: p.blob().primary(),
    prefix: p.string(),
    teamId: p.string(),
    memberId: p.string(),
    use: p.string(),
    origin: p.string().nullable(),
    makerKind: p.string(),
    makerOwner: p.string(),
    makerSubject: p.string(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
  }),
})
