import type { Page } from '../store/objects.ts'
import { missing } from './failure.ts'

/** One page of a list that is stored inside its object, in the list's own order. */
export function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  { limit, starting_after, ending_before }: Page,
): { data: T[]; has_more: boolean } {
  const placeOf = (id: string, param: string) => {
    const place = all.findIndex((item) => item.id === id)
    if (place === -1) throw missing('object', id, param)
    return place
  }
  if (ending_before !== undefined) {
    const end = placeOf(ending_before, 'ending_before')
    return { data: all.slice(Math.max(0, end - limit), end), has_more: end > limit }
  }
  const from = starting_after === undefined ? 0 : placeOf(starting_after, 'starting_after') + 1
  return { data: all.slice(from, from + limit), has_more: all.length > from + limit }
}
