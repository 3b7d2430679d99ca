'use client'

/**
 * A class with the properties of an element's class, and nothing else. `createComponent` tells properties from attributes by it, so a server
 * needs no element, and a page loads the element when it is shown.
 */
export function shapeOf<Element extends HTMLElement>(properties: readonly (keyof Element)[]): new () => Element {
  class Shape {}
  for (const name of properties) Object.defineProperty(Shape.prototype, name, { value: undefined })
  return Shape as unknown as new () => Element
}
