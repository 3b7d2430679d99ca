import { list, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'

const listParameters = parameters({ ...paging, type: text().optional(), types: list(text()).optional() })

export const eventRoutes: readonly Route[] = [
  route('GET', '/v1/events', listParameters, (work, { type, types, ...page }) =>
    work.list('event', '/v1/events', page, { type: types ?? type }),
  ),
  route('GET', '/v1/events/:id', parameters({}), (work, _, id) => work.need('event', id)),
]
