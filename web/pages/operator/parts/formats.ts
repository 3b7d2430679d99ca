import { html, type TemplateResult } from 'lit'

type Money = { readonly amount: string; readonly currency: string }

const exact = (amount: string) => amount as Intl.StringNumericLiteral
const amounts = new Intl.NumberFormat('en', { maximumFractionDigits: 6 })
const signedAmounts = new Intl.NumberFormat('en', { maximumFractionDigits: 6, signDisplay: 'exceptZero' })
const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const instants = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const distances = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** Exact: amounts are decimal texts, never floating-point numbers. */
export const credits = (amount: string): string => amounts.format(exact(amount))
/** A mean: its digits behind the point say nothing. */
export const about = (amount: string): string => rounded.format(exact(amount))
export const signed = (amount: string): string => signedAmounts.format(exact(amount))
export const counted = (count: number, noun: string): string =>
  `${amounts.format(count)} ${noun}${count === 1 ? '' : 's'}`

export const money = ({ amount, currency }: Money): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 6 }).format(exact(amount))

export const date = (instant: string): string => dates.format(Date.parse(instant))
export const instant = (at: string): string => {
  const years = new Date(at).getFullYear() === new Date().getFullYear() ? '' : `, ${new Date(at).getFullYear()}`
  return `${instants.format(Date.parse(at))}${years}`
}

/** An instant in the time zone of the browser; its title has the same in UTC. */
export const time = (at: string): TemplateResult => html`<time datetime=${at} title=${at}>${instant(at)}</time>`
export const day = (at: string): TemplateResult => html`<time datetime=${at} title=${at}>${date(at)}</time>`

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** `in 3 days`, from `now` in milliseconds. */
export function distance(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1_000
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= each) ?? (['second', 1] as const)
  return distances.format(Math.trunc(seconds / size), unit)
}

/** How long ago an instant was; its title says when. */
export const ago = (at: string, now: string): TemplateResult =>
  html`<time datetime=${at} title=${instant(at)}>${distance(at, Date.parse(now))}</time>`

/** `CHARGE_AT_START` as `Charge at start`. */
export function words(code: string): string {
  const text = code.toLowerCase().replaceAll('_', ' ')
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}

/** How much of the whole a part is, from 0 to 1. */
export const share = (part: string, whole: string): number =>
  Number(whole) > 0 ? Math.min(1, Math.max(0, Number(part) / Number(whole))) : 0

type Person = { readonly memberId: string; readonly name: string | null }
export const person = (member: Person | null): string => (member === null ? '' : (member.name ?? member.memberId))
