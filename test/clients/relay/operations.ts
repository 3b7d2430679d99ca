import { graphql } from 'relay-runtime'

/** The input of relay-compiler. The tests import its output, so this file is never run. */

graphql`
  query operationsTeamQuery {
    team {
      id
      balance {
        id
        revision
        available
        held
      }
    }
  }
`

graphql`
  query operationsHoldsQuery($count: Int!, $cursor: String) {
    team {
      id
      holds(first: $count, after: $cursor) @connection(key: "operations_holds") {
        edges {
          node {
            id
            state
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`

graphql`
  subscription operationsBalanceSubscription {
    balance {
      id
      revision
      available
      held
    }
  }
`

graphql`
  subscription operationsEventsSubscription {
    accountEvents {
      balance {
        available
      }
    }
  }
`

graphql`
  mutation operationsHoldMutation($input: HoldCreditsInput!) {
    holdCredits(input: $input) {
      __typename
      ... on Hold {
        id
        state
        team {
          id
          balance {
            id
            revision
            available
            held
          }
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`

graphql`
  mutation operationsSettleMutation($input: SettleHoldInput!) {
    settleHold(input: $input) {
      __typename
      ... on Charge {
        id
        amount
        hold {
          id
          state
        }
        team {
          id
          balance {
            id
            revision
            available
            held
          }
        }
      }
      ... on HoldClosed {
        state
      }
      ... on Error {
        code
        message
      }
    }
  }
`

graphql`
  query operationsHoldQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Hold {
        state
        remaining
      }
    }
  }
`

graphql`
  query operationsActivityQuery {
    team {
      id
      activity(first: 10) {
        nodes {
          id
          type
          subject {
            __typename
            id
            ... on Hold {
              state
            }
            ... on Charge {
              amount
            }
            ... on CreditGrant {
              kind
            }
          }
        }
      }
    }
  }
`

graphql`
  query operationsRefusedQuery {
    team {
      id
      balance {
        id
        available
      }
      apiKeys {
        id
      }
    }
  }
`

graphql`
  query operationsPricesQuery($before: DateTime!) {
    now: rateCard {
      categories {
        id
        rates {
          id
          code
          credits
        }
      }
    }
    before: rateCard(at: $before) {
      categories {
        id
        rates {
          id
          code
          credits
        }
      }
    }
  }
`

graphql`
  query operationsCatalogQuery {
    plans {
      id
      code
      name
    }
    packages {
      id
      code
      name
      credits
    }
  }
`
