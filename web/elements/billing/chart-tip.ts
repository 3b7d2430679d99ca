import type { UsageReading } from '../controllers/usage.ts'
import type { BillingMessages } from '../locales/billing.ts'
import type { Formats } from './formats.ts'
import { colorOf } from './usage-colors.ts'

type TipOptions = {
  readonly formats: Formats
  readonly text: BillingMessages
  /** The days that are drawn, with those ahead. */
  readonly all: readonly number[]
}

/** The chart's text about the day under the pointer. */
export function tipLines(
  index: number,
  { groups, perDay, days }: UsageReading,
  { formats, text, all }: TipOptions,
): Node[] {
  const title = document.createElement('strong')
  const ahead = index >= days.length
  title.textContent = formats.calendarDay(all[index] ?? 0)
  const line = (name: string, value: string, color: string | null) => {
    const row = document.createElement('div')
    const mark = document.createElement('i')
    mark.style.background = color ?? 'var(--wa-color-surface-border)'
    const amount = document.createElement('b')
    amount.textContent = value
    row.append(mark, name, amount)
    return row
  }
  if (ahead) return [title, line(text['usage.forecast'], formats.short(perDay), null)]
  const lines = groups.flatMap(({ name, key, perDay: values }, position) => {
    const value = values[index] ?? 0
    return value === 0 ? [] : [line(groupName({ key, name }, text), formats.number(value), colorOf(position))]
  })
  return [title, ...(lines.length > 0 ? lines : [line(text.total, formats.number(0), null)])]
}

export const groupName = (
  { key, name }: { readonly key: string; readonly name: string },
  text: BillingMessages,
): string => (key === '' ? text['usage.nobody'] : key === 'other' ? text['usage.other'] : name)
