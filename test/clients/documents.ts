/** The operations of the tests with Apollo and urql: `team` selects what a product shows, and each mutation what changes of it. */

const balance = 'balance { id revision available held }'
const failure = '... on Error { code message }'

export const team = `query { team { id ${balance} holds { nodes { id state } } } }`
export const live = `subscription { ${balance} }`
export const events = 'subscription { accountEvents { amount balance { available } } }'
export const place = `mutation ($input: HoldCreditsInput!) {
  holdCredits(input: $input) { ... on Hold { id state team { id ${balance} } } ${failure} } }`
export const settle = `mutation ($input: SettleHoldInput!) {
  settleHold(input: $input) { ... on Charge { id hold { id state } team { id ${balance} } } ${failure} } }`
export const refused = `query { team { id ${balance} apiKeys { id } } }`
export const estimate = `query ($usage: [UsageInput!]!) { estimate(usage: $usage) { __typename ... on Estimate { high } ${failure} } }`
export const prices = `query ($before: DateTime!) {
  now: rateCard { version categories { id rates { id code credits } } }
  before: rateCard(at: $before) { version categories { id rates { id code credits } } } }`

type Balance = { id: string; revision: number; available: string; held: string }
type Hold = { id: string; state: string }
export type TeamData = { team: { id: string; balance: Balance; holds: { nodes: Hold[] } } }
export type LiveData = { balance: Balance }
