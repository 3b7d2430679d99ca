import type { Act, AuditedMutation } from '../../src/domain/audit.ts'
import { memberId } from '../../src/domain/identity.ts'

/** An act of the operator's backend, for tests that don't come by the API. */
export const actOf = (mutation: AuditedMutation): Act => ({
  mutation,
  caller: { id: memberId('backend'), role: 'PLATFORM' },
  credential: 'TOKEN',
  reference: null,
  address: null,
  traceId: null,
})
