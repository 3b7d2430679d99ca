import { revokeTokens } from '../resolvers/token-revocations.ts'
import { builder } from './builder.ts'
import { commandCost } from './costs.ts'
import { RevokedTokensType } from './refs.ts'
import { resultUnion } from './result-union.ts'

RevokedTokensType.implement({
  fields: (t) => ({
    issuedBefore: t.expose('issuedBefore', {
      type: 'DateTime',
      description:
        'Tokens made before this instant are refused, and so are tokens without `iat`. The instant is a whole second, at most one second away. The answer comes after it, so that a token made upon the answer is accepted.',
    }),
  }),
})

const RevokeTokensInput = builder.inputType('RevokeTokensInput', {
  fields: (t) => ({
    teamId: t.id({
      description:
        "The team, for PLATFORM callers. Absent: the caller's own team, or the operator's own tokens for PLATFORM.",
    }),
    memberId: t.id({ description: "Absent: all members of the team. Required for the operator's own tokens." }),
  }),
})

const RevokeTokensResult = resultUnion('RevokeTokensResult')

builder.mutationField('revokeTokens', (t) =>
  t.field({
    type: RevokeTokensResult,
    description:
      'ADMIN (own team) or PLATFORM: revokes the tokens of one or all members that were made so far. Their streams end at once: sockets are closed with 4403, event streams end with UNAUTHENTICATED. A changed role takes effect in the same way: change it where tokens are made, then revoke. API keys stay valid.',
    args: { input: t.arg({ type: RevokeTokensInput, required: true }) },
    complexity: commandCost,
    resolve: revokeTokens,
  }),
)
