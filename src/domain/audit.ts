import type { MemberId } from './identity.ts'
import type { Role } from './role.ts'

/**
 * The mutations that leave an audit record. Every mutation of the schema is listed here, and nowhere else.
 * - `always`: each time it had an effect.
 * - `on-other-holds`: if the caller acts on a hold that another caller placed.
 * - `never`: plain use, which the activity shows, or nothing that the gateway stores.
 */
export const mutations = {
  assignPlan: 'always',
  configureAutoRecharge: 'always',
  createApiKey: 'always',
  createContract: 'always',
  createPillToken: 'always',
  createWebhookEndpoint: 'always',
  cutBack: 'always',
  cutOver: 'always',
  deleteMemberGroup: 'always',
  deleteWebhookEndpoint: 'always',
  endContract: 'always',
  followTeams: 'always',
  grantCredits: 'always',
  importTeams: 'always',
  moveMember: 'always',
  publishCatalog: 'always',
  purchaseCredits: 'always',
  refundCharge: 'always',
  refundInvoice: 'always',
  refundPurchase: 'always',
  replayWebhookDeliveries: 'always',
  resendWebhookDelivery: 'always',
  revokeApiKey: 'always',
  revokeTokens: 'always',
  rotateApiKey: 'always',
  rotateWebhookSecret: 'always',
  sendTestEvent: 'always',
  setAddOnUnits: 'always',
  setAlertLevels: 'always',
  setAllowedAddresses: 'always',
  setBillingDetails: 'always',
  setLowBalanceThreshold: 'always',
  setMemberGroup: 'always',
  setSpendingLimit: 'always',

  captureHold: 'on-other-holds',
  extendHold: 'on-other-holds',
  releaseHold: 'on-other-holds',
  settleHold: 'on-other-holds',

  chargeUsage: 'never',
  holdCredits: 'never',
  recordUsage: 'never',
  // The other system has its entries. What follows from them is told where the team is cut over.
  recordRehearsalEvents: 'never',
  // Its charges are in the activity, day by day.
  setStoredAmount: 'never',
  // A link to Stripe, where the customer's own acts are recorded.
  openBillingPortal: 'never',
  // Served with DEV_CLOCK=1 and in test spaces alone.
  advanceClock: 'never',
  // Served in test spaces alone.
  saveTestCard: 'never',
} as const satisfies Record<string, 'always' | 'on-other-holds' | 'never'>

export type AuditedMutation = {
  [Name in keyof typeof mutations]: (typeof mutations)[Name] extends 'never' ? never : Name
}[keyof typeof mutations]

/**
 * An act in an audit record, without its change: the mutation, the caller with its credential, and the request's
 * origin.
 */
export type Act = {
  readonly mutation: AuditedMutation
  readonly caller: { readonly id: MemberId; readonly role: Role }
  /** `TOKEN`, or the prefix of the API key or pill token. Never a secret. */
  readonly credential: string
  /** The object of the act: a source, a contract, a charge, a hold, a key, a member. */
  readonly reference: string | null
  /** The network address that the request came from; null: it isn't known. */
  readonly address: string | null
  /** The trace id in the request's `traceparent`; null: it has none. */
  readonly traceId: string | null
}

/** A few facts about the object of an act, as JSON. Amounts and instants are text, as the API writes them. */
export type AuditFacts = Readonly<Record<string, string | number | boolean | readonly string[] | null>>

/** The object's facts before and after an act. Null: the object did not exist before, or does not exist after. */
export type AuditChange = { readonly before: AuditFacts | null; readonly after: AuditFacts | null }

export const maxFactsBytes = 4_096
const maxTextLength = 60

/** The facts as JSON of at most 4,096 bytes: texts are cut if it would be longer. Null for null. */
export function factsText(facts: AuditFacts | null): string | null {
  if (facts === null) return null
  const text = JSON.stringify(facts)
  if (Buffer.byteLength(text) <= maxFactsBytes) return text
  const cut = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > maxTextLength
      ? `${value.slice(0, maxTextLength).toWellFormed()}…`
      : value
  return JSON.stringify(facts, cut)
}
