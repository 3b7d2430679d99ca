export type { Alert, Balance } from './balance.ts'
export {
  type AccountEventType,
  type BalanceState,
  type CreditPackageFragment as CreditPackage,
  EstimateDocument,
  type EstimateQuery,
  PackagesDocument,
  PurchaseCreditsDocument,
  type PurchaseCreditsInput,
  type PurchaseCreditsMutation,
  PurchasePreviewDocument,
  type PurchasePreviewQuery,
  TypedDocumentString,
  type UsageInput,
} from './contract.ts'
export { type CreditsClient, createCreditsClient } from './create-client.ts'
export { CreditsClientError } from './errors.ts'
export type { AccountEvent, EventsOptions } from './events.ts'
export type { FeedListener, FeedOptions } from './feed.ts'
export type { ClientState, StateListener } from './line.ts'
export type { Unsubscribe } from './listeners.ts'
export type { CreditsClientOptions } from './options.ts'
export type { Document, RequestOptions } from './request.ts'
export { resuming, type Subscriber } from './resuming.ts'
export type { Snapshot, Store } from './store.ts'
export type { TokenSource } from './token.ts'
export type { WebSocketClass } from './web-socket.ts'
