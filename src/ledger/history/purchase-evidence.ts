import type { Charge } from '../../domain/charge.ts'
import {
  type ChargeId,
  chargeId,
  type GrantId,
  type Instant,
  type MemberId,
  type TeamId,
} from '../../domain/identity.ts'
import type { Mandate } from '../../domain/mandate.ts'
import { ms } from '../rows/instants.ts'
import { readCharges } from './charges.ts'

type Client = Parameters<typeof readCharges>[0]

const maxCharges = 100
/** A charge may have taken of the grant for several of its lines. */
const maxMovements = 1_000

const readUses = `
  select distinct posting::float8 as charge from (
    select posting from entry where team_id = $1 and revision > $2 and grant_id = $2 and to_state = 'spent'
    order by revision limit ${maxMovements}) used
  order by charge limit ${maxCharges}`

/** The first charges that credits of this grant paid, in their order. */
export async function readChargesOfGrant(client: Client, teamId: TeamId, id: GrantId): Promise<Charge[]> {
  const { rows } = await client.query({ name: 'grant-uses', text: readUses, values: [teamId, id] })
  const ids = rows.map(({ charge }: { charge: number }): ChargeId => chargeId(charge))
  const charges = await readCharges(client, teamId, ids)
  return ids.flatMap((one) => charges.get(one) ?? [])
}

const readAddress = `
  select address from audit_record
  where team_id = $1 and mutation = 'purchaseCredits' and reference = $2 order by id desc limit 1`

/** The address from which a purchase was requested; null: it is not known. */
export async function readBuyersAddress(client: Client, teamId: TeamId, purchase: number): Promise<string | null> {
  const { rows } = await client.query({ name: 'buyers-address', text: readAddress, values: [teamId, `${purchase}`] })
  return rows[0]?.address ?? null
}

const readConsent = `
  select caller_id as by, ${ms('at')}, after ->> 'mandate' as text from audit_record
  where team_id = $1 and mutation = 'configureAutoRecharge' and at <= $2 order by id desc limit 1`

/** The consent to recharges that was in force at an instant; null: there was none, or it is not known. */
export async function readMandateAt(client: Client, teamId: TeamId, at: Instant): Promise<Mandate | null> {
  const { rows } = await client.query({ name: 'mandate-at', text: readConsent, values: [teamId, new Date(at)] })
  const row: { by: string; at: number; text: string | null } | undefined = rows[0]
  if (row === undefined || row.text === null) return null
  return { acceptedBy: row.by as MemberId, acceptedAt: Math.round(row.at), text: row.text }
}
