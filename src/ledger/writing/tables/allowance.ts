import type { Allowance } from '../../../domain/allowance.ts'
import type { AllowanceEntity } from '../../../entities/allowance.ts'
import { storeRollover, storeTotal } from '../../../entities/json/stored.ts'
import { bigint, boolean, type Described, instant, integer, json, table, text } from '../table.ts'

const description: Described<typeof AllowanceEntity, Allowance, null, 'teamId'> = {
  id: text((allowance) => allowance.id),
  kind: text((allowance) => allowance.kind),
  planId: text((allowance) => allowance.planId),
  reference: text((allowance) => allowance.reference),
  cadence: text((allowance) => allowance.cadence),
  anchor: instant((allowance) => allowance.anchor),
  firstPeriod: integer((allowance) => allowance.firstPeriod),
  timeZone: text((allowance) => allowance.timeZone),
  credits: bigint((allowance) => allowance.credits),
  perSeat: boolean((allowance) => allowance.perSeat),
  rollover: text((allowance) => storeRollover(allowance.rollover)),
  creditLine: bigint((allowance) => allowance.creditLine),
  endsAt: instant((allowance) => allowance.endsAt),
  nextPeriod: integer((allowance) => allowance.nextPeriod),
  nextAt: instant((allowance) => allowance.nextAt),
  ended: boolean((allowance) => allowance.ended),
  total: json((allowance) => allowance.total, storeTotal),
}

export const allowance = table('allowance', description, { key: ['id'], keep: ['kind', 'reference'] })
