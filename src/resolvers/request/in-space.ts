import { Forbidden, RequestFault } from '../../access/faults.ts'
import type { Space } from '../../domain/space.ts'
import type { GatewayContext } from './context.ts'
import { badInput, type Optional } from './inputs.ts'

export const unavailableTestSpace = () =>
  new RequestFault(
    'LEDGER_UNAVAILABLE',
    'The test space can not be opened now: try again in a few seconds. Production is not affected.',
  )

/**
 * The context of the same operation in a space; absent: the caller's own. A test space that has not begun begins.
 *
 * @throws {Forbidden} if a test space is to reach production.
 * @throws {InputFault} without a test space.
 */
export async function inSpace(context: GatewayContext, space: Optional<Space>): Promise<GatewayContext> {
  const { services } = context
  if (space == null || space === services.space) return context
  if (space === 'PRODUCTION') throw new Forbidden('nothing in a test space reaches production')
  if (services.testSpace === null) {
    throw badInput('space', 'this gateway has no test space: its operator sets TEST_DATABASE_URL to an empty database')
  }
  return { ...context, services: await opened(services.testSpace.open()) }
}

/** The same; null: there is no such space here, or the test space has not begun. */
export async function inKnownSpace(context: GatewayContext, space: Optional<Space>): Promise<GatewayContext | null> {
  const { services } = context
  if (space == null || space === services.space) return context
  if (services.testSpace === null) return null
  const found = await opened(services.testSpace.find())
  return found && { ...context, services: found }
}

const opened = <Opened>(opening: Promise<Opened>): Promise<Opened> =>
  opening.catch(() => {
    throw unavailableTestSpace()
  })
