/** Freezes a value and all that hangs on it, and answers it. Maps too: they throw when they are written to. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) {
    for (const member of value.values()) deepFreeze(member)
    // Object.freeze alone leaves a Map's entries open.
    for (const write of ['set', 'delete', 'clear']) Object.defineProperty(value, write, { value: refuse })
  }
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}

function refuse(): never {
  throw new TypeError('The catalog is frozen. Change its file, and load it again.')
}
