import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'

/**
 * The same as `expect(actual).toEqual(expected)`, which takes most of the time of a property that compares at each step.
 * What is strictly equal is equal for `toEqual`, too; anything else is left to `toEqual`.
 */
export function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected)
}
