import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'

/**
 * The same as `expect(actual).toEqual(expected)`, which takes most of the time of a property that compares at each step.
 * Strictly equal values are equal for `toEqual`, too; `toEqual` compares all others.
 */
export function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected)
}
