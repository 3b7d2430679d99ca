import type { BillingMessages } from '../locales/billing.ts'
import type { PostingFragment } from './contract.ts'
import type { IconName } from './icons.ts'

type Titled = Pick<PostingFragment, 'type' | 'grantKind' | 'lines'>

export function titleOf({ type, grantKind, lines }: Titled, text: BillingMessages): string {
  const used = [...new Set(lines.map(({ name }) => name))].join(', ')
  if (type === 'CHARGE') return used || text['type.CHARGE']
  if (type === 'GRANT' && grantKind !== null) return text[`grantKind.${grantKind}`]
  return used === '' ? text[`type.${type}`] : `${text[`type.${type}`]}: ${used}`
}

const icons: Readonly<Record<PostingFragment['type'], IconName>> = {
  CHARGE: 'zap',
  REFUND: 'undo',
  GRANT: 'plus',
  HOLD: 'hourglass',
  RELEASE: 'close',
  EXPIRY: 'clock',
  ADJUSTMENT: 'refresh',
  CLAWBACK: 'minus',
}

export const iconOf = ({ type, grantKind }: Titled): IconName =>
  grantKind === 'PACKAGE' || grantKind === 'AUTO_RECHARGE' ? 'creditCard' : icons[type]

export const personOf = (member: { readonly memberId: string; readonly name: string | null } | null): string =>
  member === null ? '' : (member.name ?? member.memberId)
