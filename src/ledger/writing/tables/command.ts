import type { CommandEntity } from '../../../entities/command.ts'
import type { StoredCommand } from '../../deciding/team-state.ts'
import { bigint, boolean, bytes, type Described, instant, json, table, text } from '../table.ts'

type WrittenCommand = { readonly key: string; readonly command: StoredCommand; readonly audited: boolean }

const description: Described<typeof CommandEntity, WrittenCommand, null, 'teamId'> = {
  key: text(({ key }) => key),
  callerClass: text(({ command }) => command.namespace.callerClass),
  mutation: text(({ command }) => command.namespace.mutation),
  callerId: text(({ command }) => command.caller?.id ?? null),
  callerRole: text(({ command }) => command.caller?.role ?? null),
  fingerprint: bytes(({ command }) => command.fingerprint),
  revision: bigint(({ command }) => command.revision),
  decidedAt: instant(({ command }) => command.decidedAt),
  outcome: json(
    ({ command }) => command.outcome,
    (outcome) => outcome,
  ),
  audited: boolean(({ audited }) => audited || null),
}

export const command = table('command', description)
