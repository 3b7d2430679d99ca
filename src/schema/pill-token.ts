import type { NewPillToken } from '../access/open-access.ts'
import { createPillToken, usualPillTokenSeconds } from '../resolvers/pill-tokens.ts'
import { builder } from './builder.ts'
import { pillTokenCost } from './costs.ts'

const PillToken = builder.objectRef<NewPillToken>('PillToken').implement({
  description: 'A token for a browser.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'The secret, which is shown this once.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'The token ends earlier if the API key or the token that made it is revoked or expires.',
    }),
  }),
})

builder.mutationField('createPillToken', (t) =>
  t.field({
    type: PillToken,
    description:
      "PLATFORM, ADMIN (own team) or an API key of the team that may read: a token for a browser, at most 3,600 seconds long. It reads the team's name, balance, alerts, packages and plan, with `mayBuy` also purchases of its own and what buying needs; nothing else. With `origin` it is refused elsewhere, also where a request has none.",
    args: {
      teamId: t.arg.id(),
      memberId: t.arg.id({
        description:
          'The member whose purchases, limits of requests and revocations count: its `sub` or `id`. Absent: the caller.',
      }),
      expiresInSeconds: t.arg.int({
        defaultValue: usualPillTokenSeconds,
        description: '1 to 3,600. The token ends earlier where the credential that makes it does.',
      }),
      origin: t.arg.string({ description: 'An origin as browsers send it: `https://app.example`.' }),
      mayBuy: t.arg.boolean({
        defaultValue: false,
        description: 'True lets the token buy. The caller must be allowed to buy, too.',
      }),
    },
    complexity: pillTokenCost,
    resolve: createPillToken,
  }),
)
