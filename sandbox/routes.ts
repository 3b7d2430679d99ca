import type { Includes } from './api/expand.ts'
import type { Route } from './api/route.ts'
import type { Work } from './api/work.ts'
import { customerRoutes } from './customers/customers.ts'
import { eventRoutes } from './events/events.ts'
import type { PageRoute } from './http/pages.ts'

/** Every call of the API. */
export const routes: readonly Route[] = [...customerRoutes, ...eventRoutes]

/** Every page for the customer's browser. */
export const pages: readonly PageRoute[] = []

/** What is in an answer only where `expand` asks for it. */
export const includes: Includes = {}

/** What an alarm does, by its kind; the object may be gone or changed since it was set. */
export const alarmHandlers: Readonly<Record<string, (work: Work, id: string) => void>> = {}
