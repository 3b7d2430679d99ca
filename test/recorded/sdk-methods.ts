import Stripe from 'stripe'

/** A method of the SDK, such as `invoices.create`. `ids`: how many ids come before its parameters. */
export type SdkMethod = { readonly name: string; readonly ids: number }

/** Where each method ends. */
type Sender = { _makeRequest(method: string, path: string): Promise<void> }

const placeholder = /__id__/g
/** A way back to the SDK itself, and a resource without an endpoint of its own. */
const noResources = new Set(['stripe', 'oauth'])

/** The SDK's methods by their endpoint, such as `POST /v1/customers/:id`. Each is called, and its request is noted instead of sent. */
export function sdkMethods(): ReadonlyMap<string, SdkMethod> {
  const methods = new Map<string, SdkMethod>()
  collect(new Stripe('sk_test_none'), '', methods)
  return methods
}

function collect(owner: object, prefix: string, into: Map<string, SdkMethod>): void {
  for (const [name, resource] of Object.entries(owner)) {
    if (name.startsWith('_') || noResources.has(name) || typeof resource !== 'object' || resource === null) continue
    const inner = `${prefix}${name}.`
    if (typeof resource._makeRequest === 'function') methodsOf(resource, inner, into)
    collect(resource, inner, into)
  }
}

function methodsOf(resource: object, prefix: string, into: Map<string, SdkMethod>): void {
  const methods = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(resource))
  for (const [name, { value: method }] of Object.entries(methods)) {
    if (name === 'constructor' || typeof method !== 'function') continue
    const sender: Sender = {
      async _makeRequest(verb, path) {
        const endpoint = endpointKey(`${verb} ${path.replaceAll(placeholder, ':id')}`)
        const ids = path.match(placeholder)?.length ?? 0
        if (!into.has(endpoint)) into.set(endpoint, { name: `${prefix}${name}`, ids })
      },
    }
    method.call(sender, '__id__', '__id__', '__id__')
  }
}

/** The endpoint whatever the names of its ids. */
export const endpointKey = (endpoint: string): string => endpoint.replaceAll(/:\w+/g, ':id')
