import type { Database } from '../database/open.ts'
import type { Role } from '../domain/role.ts'
import type { Space } from '../domain/space.ts'
import { pillTokensByHash, type StoredPillToken } from './pill-token-rows.ts'
import { SecretReader } from './secret-reader.ts'
import type { PillUse, Viewer } from './viewer.ts'

/** A pill that may buy has the role of an admin, within the fields that are listed for pill tokens. */
const roleBy = { WATCH: 'VIEWER', BUY: 'ADMIN' } as const satisfies Record<PillUse, Role>

/** The credential that made the pill token may have been revoked since. Revoked members' tokens are known without the row. */
export const createPillTokenReader = (database: Database, space: Space): SecretReader<StoredPillToken> =>
  new SecretReader({
    kind: 'PILL',
    space,
    find: (hashes) => pillTokensByHash(database, hashes),
    isRevoked: ({ isMakerRevoked }) => isMakerRevoked,
    viewerOf,
    messages: {
      unknown: 'The pill token is not one that this gateway knows, or it ended long ago: get a new one.',
      revoked: 'The API key that made the pill token was revoked: make one with another key.',
      expired: 'The pill token has expired: get a new one.',
    },
  })

const viewerOf = ({ teamId, memberId, use, origin, maker, prefix, createdAt, expiresAt }: StoredPillToken): Viewer =>
  Object.freeze({
    memberId,
    name: null,
    teamId,
    role: roleBy[use],
    pill: use,
    expiresAt,
    credential: { kind: 'PILL' as const, prefix, origin, maker, issuedAt: Math.floor(createdAt / 1000) },
  })
