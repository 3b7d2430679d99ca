import type { CreditsClient } from '../../../client/index.ts'
import type { Failure } from './failures.ts'

export type Values = Readonly<Record<string, string>>

export type FieldKind = 'text' | 'note' | 'credits' | 'count' | 'instant' | 'choice'

export type Field = {
  /** As the mutation's input has it, so that a fault finds its field by its path. */
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  readonly value?: string
  readonly hint?: string
  readonly optional?: boolean
  readonly maxLength?: number
  /** Of a choice: values and their names. */
  readonly choices?: readonly (readonly [string, string])[]
  /** Absent: always shown. */
  readonly shownIf?: (values: Values) => boolean
}

/** `shown`: whoever asked for the act shows its failure, beside what is to be mended. */
export type Outcome = { readonly done: string } | { readonly shown: true } | Failure

/** Something that the operator does: asked once, by a dialog that names the effect. */
export type Act = {
  readonly title: string
  readonly fields: readonly Field[]
  /** What will have happened, as a sentence. */
  readonly effect: (values: Values) => string
  readonly confirm: string
  /** Whether something ends or is taken away. */
  readonly isDangerous?: boolean
  /** One key for each intended effect: the same values in the same dialog have the same key. */
  readonly send: (request: CreditsClient['request'], values: Values, key: string) => Promise<Outcome>
}

/** Null where the field was left empty. */
export const given = (values: Values, name: string): string | null => values[name]?.trim() || null

/** The instant of a `datetime-local` field, which counts in the time zone of the browser. */
export function instantOf(values: Values, name: string): string | null {
  const text = given(values, name)
  return text === null ? null : new Date(text).toISOString()
}

/** What an act came to: its effect in words, or the failure that the gateway names. */
export function outcomeOf<Result extends { readonly __typename: string }>(
  result: Result,
  done: (effect: Exclude<Result, { readonly code: string }>) => string,
): { readonly done: string } | Extract<Result, { readonly code: string }> {
  return isFailure(result) ? result : { done: done(result as Exclude<Result, { readonly code: string }>) }
}

const isFailure = <Result extends object>(result: Result): result is Extract<Result, { readonly code: string }> =>
  'code' in result
