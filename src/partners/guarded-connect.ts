import { promises as dns } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { isPublicAddress } from './address-rules.ts'

/** The address is not public, and private ones are not allowed. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

/**
 * Connects to public addresses alone. A name is resolved for each connection, and what it resolves to is checked before
 * one of these addresses is connected to, so a name that is bound to another address in between wins nothing.
 */
export function guardedConnect(timeout: number, lookup: LookupFunction = lookupBy(newResolver)) {
  const connect = buildConnector({ timeout, lookup: guarded(lookup) })
  const guardedConnector: buildConnector.connector = (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, '')
    // An address that is written out is not looked up.
    if (isIP(literal) !== 0 && !isPublicAddress(literal)) return callback(new AddressRefused(literal), null)
    connect(options, (...connected) => {
      const [error, socket] = connected
      if (error !== null) return callback(error, null)
      const { remoteAddress } = socket
      if (remoteAddress === undefined || isPublicAddress(remoteAddress)) return callback(null, socket)
      socket.destroy()
      callback(new AddressRefused(remoteAddress), null)
    })
  }
  return guardedConnector
}

/** The longest wait for one answer of a name server is some 4 seconds: 2, and longer at the second try. */
const newResolver = () => new dns.Resolver({ timeout: 2_000, tries: 2 })

/**
 * Resolves names at the name servers of the system, without its hosts file. The system's own look-up keeps one of the
 * process's few threads until it ends, so a name whose servers never answer would stop reading files, too. A resolver
 * knows the servers of the moment that it was made, so each look-up makes one.
 */
export const lookupBy =
  (makeResolver: () => dns.Resolver): LookupFunction =>
  (hostname, _, callback) => {
    const resolver = makeResolver()
    const families = [resolver.resolve4(hostname), resolver.resolve6(hostname)]
    void Promise.allSettled(families).then((answers) => {
      const found = answers.flatMap((answer, index) =>
        answer.status === 'rejected' ? [] : answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })),
      )
      if (found.length > 0) return callback(null, found)
      const codes = answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : null))
      const isUnknown = codes.every((code) => code === 'ENOTFOUND' || code === 'ENODATA')
      callback(Object.assign(new Error('The look-up failed'), { code: isUnknown ? 'ENOTFOUND' : 'EAI_AGAIN' }), '', 0)
    })
  }

const guarded =
  (lookup: LookupFunction): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }]
      const refused = addresses.find(({ address }) => !isPublicAddress(address))
      const [first] = addresses
      if (refused !== undefined || first === undefined) return callback(new AddressRefused(hostname), '', 0)
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
