import { lookup as systemLookup } from 'node:dns'
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
export function guardedConnect(timeout: number, lookup: LookupFunction = systemLookup as LookupFunction) {
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
