import type {
  AssignPlanMutation,
  CreateContractMutation,
  EndContractMutation,
  GrantCreditsMutation,
  PublishCatalogMutation,
  RefundChargeMutation,
  RefundPurchaseMutation,
  ReleaseHoldMutation,
  RevokeApiKeyMutation,
  RevokeTokensMutation,
  SetAddOnUnitsMutation,
  SetLowBalanceThresholdMutation,
  SetSpendingLimitMutation,
  TurnOffRechargeMutation,
} from '../contract.ts'

type Result =
  | AssignPlanMutation['assignPlan']
  | CreateContractMutation['createContract']
  | EndContractMutation['endContract']
  | GrantCreditsMutation['grantCredits']
  | PublishCatalogMutation['publishCatalog']
  | RefundChargeMutation['refundCharge']
  | RefundPurchaseMutation['refundPurchase']
  | ReleaseHoldMutation['releaseHold']
  | RevokeApiKeyMutation['revokeApiKey']
  | RevokeTokensMutation['revokeTokens']
  | SetAddOnUnitsMutation['setAddOnUnits']
  | SetLowBalanceThresholdMutation['setLowBalanceThreshold']
  | SetSpendingLimitMutation['setSpendingLimit']
  | TurnOffRechargeMutation['configureAutoRecharge']

/** Every expected failure of the page's mutations. Nothing was done. */
export type Failure = Extract<Result, { readonly code: string }>
export type Advice = { readonly text: string; readonly link?: { readonly href: string; readonly text: string } }

type Advices = { readonly [Name in Failure['__typename']]: (failure: Extract<Failure, { __typename: Name }>) => Advice }

const say = (text: string) => (): Advice => ({ text })

/** The advice for each failure. The compiler finds a missing one. */
const advices: Advices = {
  AddOnNotAvailable: say('Assign a plan with an add-on first.'),
  HoldClosed: say('Nothing is held any more: close this and look at the activity.'),
  IdempotencyConflict: say('Close this, look whether the effect is there already, and begin again.'),
  InvalidAmount: say('Nothing was done: change the field that is marked.'),
  InvalidCatalog: say('Mend the faults that are listed, and publish again.'),
  InvalidInput: say('Nothing was done: change the field that is marked.'),
  InvalidPublication: say('Change the instant or the catalog, and publish again.'),
  NoPaymentMethod: ({ setupUrl }) => ({
    text: 'The customer must add a payment method first: send this address to an admin of the team.',
    link: { href: setupUrl, text: 'Where a payment method is added' },
  }),
  NotAllowed: say('Sign in with a token of the role PLATFORM. API keys manage no credentials.'),
  NotFound: say('It may have been renamed or never begun: look at the list again.'),
  PaymentActionRequired: ({ actionUrl }) => ({
    text: 'The customer must confirm the payment: send this address to an admin of the team.',
    link: { href: actionUrl, text: 'Where the payment is confirmed' },
  }),
  PaymentDeclined: say('Nothing was changed. The customer needs another payment method.'),
  PaymentUnavailable: ({ retryAfterSeconds }) => ({ text: `Send again in ${retryAfterSeconds} seconds.` }),
  PurchaseNotAllowed: say('The plan of the team sells none: assign another plan, or a contract.'),
  RefundExceedsCharge: ({ refundable }) => ({
    text:
      Number(refundable) > 0
        ? 'Leave the credits empty to give back all that is left.'
        : 'All of it was given back already.',
  }),
  RefundExceedsPurchase: ({ refundable }) => ({
    text:
      refundable.amount === '0'
        ? 'All of it was given back already, or a dispute holds the money.'
        : 'Nothing was given back: change the amount, or leave it empty.',
  }),
  UnknownPackage: say('Choose a package that the catalog in force sells.'),
  UnknownPlan: say('Choose a plan that the catalog in force has.'),
}

export function adviceFor(failure: Failure): Advice {
  const advise = advices[failure.__typename] as (failure: Failure) => Advice
  return advise(failure)
}

/** The field that a failure is about, by the input's own name. */
export const faultyField = (failure: Failure): string | null =>
  'path' in failure ? (failure.path.at(-1) ?? null) : null
