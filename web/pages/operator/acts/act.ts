import type { CreditsClient } from '../../../client/index.ts'
import type { Failure } from './failures.ts'

export type Values = Readonly<Record<string, string>>

export type FieldKind = 'text' | 'note' | 'credits' | 'money' | 'count' | 'instant' | 'choice'

export type Field = {
  /** The name in the mutation's input, so that a fault finds its field by its path. */
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  readonly value?: string
  readonly hint?: string
  readonly optional?: boolean
  readonly maxLength?: number
  /** The values of a choice, with their names. */
  readonly choices?: readonly (readonly [string, string])[]
  /** Absent: always shown. */
  readonly shownIf?: (values: Values) => boolean
}

/** `shown`: the part that started the act shows its failure, beside the field to correct. */
export type Outcome = { readonly done: string } | { readonly shown: true } | Failure

/** An act of the operator: confirmed once, in a dialog that names the effect. */
export type Act = {
  readonly title: string
  readonly fields: readonly Field[]
  /** The effect of the act, as a sentence. */
  readonly effect: (values: Values) => string
  /** The effect as the gateway foresees it, in place of `effect` once it is there. */
  readonly preview?: (request: CreditsClient['request'], values: Values) => Promise<string>
  readonly confirm: string
  /** Whether something ends or is removed. */
  readonly isDangerous?: boolean
  /** One key for each intended effect: the same values in the same dialog have the same key. */
  readonly send: (request: CreditsClient['request'], values: Values, key: string) => Promise<Outcome>
}

/** Null if the field was left empty. */
export const given = (values: Values, name: string): string | null => values[name]?.trim() || null

/** The instant of a `datetime-local` field, which counts in the time zone of the browser. */
export function instantOf(values: Values, name: string): string | null {
  const text = given(values, name)
  return text === null ? null : new Date(text).toISOString()
}

/** The outcome of an act: its effect in words, or the failure that the gateway names. */
export function outcomeOf<Result extends { readonly __typename: string }>(
  result: Result,
  done: (effect: Exclude<Result, { readonly code: string }>) => string,
): { readonly done: string } | Extract<Result, { readonly code: string }> {
  return isFailure(result) ? result : { done: done(result as Exclude<Result, { readonly code: string }>) }
}

const isFailure = <Result extends object>(result: Result): result is Extract<Result, { readonly code: string }> =>
  'code' in result
