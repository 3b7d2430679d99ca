// Generated from schema.graphql and operations.graphql by `npm run codegen`.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import { TypedDocumentString } from '../../client/contract.ts'
/** Periods of the calendar in the catalog's time zone. */
export type Cadence =
  /** A calendar month, from the same day on; the last one where a month is too short. */
  | 'MONTH'
  /** Seven calendar days. */
  | 'WEEK'
  /** A calendar year, from the same day on. */
  | 'YEAR';

/** The way in which work is paid for. */
export type Settlement =
  /** The balance pays. */
  | 'CREDITS'
  /** A bill of its own each month, in money. The balance does not change. */
  | 'METERED';

/** The unit in which a quantity counts. */
export type Unit =
  /** Characters of text. */
  | 'CHARACTER'
  /** One GB for one calendar day. */
  | 'GB_DAY'
  /** Whole images. */
  | 'IMAGE'
  /** Minutes of audio, video or time. */
  | 'MINUTE'
  /** Seconds of audio, video or time. */
  | 'SECOND'
  /** Tokens of a model. */
  | 'TOKEN'
  /** Whole uses. */
  | 'USE';

export type PricesQueryVariables = Exact<{ [key: string]: never; }>;


export type PricesQuery = { readonly plans: ReadonlyArray<{ readonly id: string, readonly name: string, readonly topUp: boolean, readonly contact: string | null, readonly allowances: ReadonlyArray<{ readonly credits: string, readonly every: Cadence, readonly perSeat: boolean, readonly illustrative: boolean }>, readonly addOn: { readonly credits: string, readonly price: { readonly amount: string, readonly currency: string } } | null }>, readonly packages: ReadonlyArray<{ readonly id: string, readonly name: string, readonly credits: string, readonly approxMessages: number | null, readonly price: { readonly amount: string, readonly currency: string }, readonly pricePer1000: { readonly amount: string, readonly currency: string } }>, readonly customTopUp: { readonly least: string, readonly most: string, readonly step: string, readonly tiers: ReadonlyArray<{ readonly from: string, readonly perCredit: { readonly amount: string, readonly currency: string } }> } | null, readonly rateCard: { readonly categories: ReadonlyArray<{ readonly id: string, readonly name: string, readonly rates: ReadonlyArray<{ readonly id: string, readonly name: string, readonly unit: Unit, readonly per: string, readonly credits: string | null, readonly free: boolean, readonly settlement: Settlement, readonly illustrative: boolean, readonly money: { readonly amount: string, readonly currency: string } | null }> }> } };


export const PricesDocument = new TypedDocumentString(`
    query Prices {
  plans {
    id
    name
    topUp
    contact
    allowances {
      credits
      every
      perSeat
      illustrative
    }
    addOn {
      credits
      price {
        amount
        currency
      }
    }
  }
  packages {
    id
    name
    credits
    price {
      amount
      currency
    }
    pricePer1000 {
      amount
      currency
    }
    approxMessages
  }
  customTopUp {
    least
    most
    step
    tiers {
      from
      perCredit {
        amount
        currency
      }
    }
  }
  rateCard {
    categories {
      id
      name
      rates {
        id
        name
        unit
        per
        credits
        money {
          amount
          currency
        }
        free
        settlement
        illustrative
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PricesQuery, PricesQueryVariables>;
