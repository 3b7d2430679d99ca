import { flag, list, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'

const listParameters = parameters({
  ...paging,
  delivery_success: flag.optional(),
  type: text().optional(),
  types: list(text()).optional(),
})

export const eventRoutes: readonly Route[] = [
  route('GET', '/v1/events', listParameters, (work, { type, types, delivery_success, ...page }) =>
    work.list('event', '/v1/events', page, {
      type: types ?? type,
      pending_webhooks: delivery_success === undefined ? undefined : delivery_success ? 0 : 1,
    }),
  ),
  route('GET', '/v1/events/:id', parameters({}), (work, _, id) => work.need('event', id)),
]
