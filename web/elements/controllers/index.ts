export {
  createPill,
  type InitialBalance,
  type Notice,
  type PillController,
  type PillEvents,
  type PillListener,
  type PillOptions,
  type PillState,
  type Recharge,
} from './pill.ts'
export { SharedClient, type SharedClientOptions } from './sharing/client.ts'
