import type { ServerResponse } from 'node:http'
import { type Plugin, shouldRenderGraphiQL } from 'graphql-yoga'
import type { Route } from './route.ts'

/** The editor adds style elements to the page; all else comes from the gateway. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Credits Gateway</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/style.css">
<body class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root"></div>
<script src="/graphiql/editor.js"></script>
<script src="/graphiql/start.js"></script>
</html>
`

const firstQuery = `# Sign in: print a token with
#   npm run -s token -- --team demo --member ana --role admin
# and write it into Headers, below: { "authorization": "Bearer TOKEN" }

query Team {
  team { name balance { label available held } }
}

subscription Balance {
  balance { label held revision }
}
`

/**
 * Subscriptions come as event streams, which send the headers of the Headers tab as every request does. Its WebSockets would not
 * sign in. The browser does not store the headers, because a token is among them.
 */
const options = {
  endpoint: '/graphql',
  title: 'Credits Gateway',
  query: firstQuery,
  subscriptionsProtocol: 'SSE',
  defaultEditorToolsVisibility: 'headers',
  shouldPersistHeaders: false,
}

const start = `self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_, label) => '/graphiql/worker-' + (label === 'json' || label === 'graphql' ? label : 'editor') + '.js',
}
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), ${JSON.stringify(options)})
`

type Assets = typeof import('@graphql-yoga/render-graphiql/graphiql')
const javascript = 'text/javascript; charset=utf-8'

/** GraphiQL with all its assets, from the package: it works without another host. Nine megabytes are read with the first request. */
export const graphiqlRoutes: Readonly<Record<string, Route>> = {
  '/graphiql': (_request, response) => send(response, 'text/html; charset=utf-8', page),
  '/graphiql/start.js': (_request, response) => send(response, javascript, start),
  '/graphiql/style.css': asset('text/css; charset=utf-8', ({ css }) => css),
  '/graphiql/editor.js': asset(javascript, ({ js }) => js),
  '/graphiql/worker-editor.js': asset(javascript, ({ editorWorkerService }) => editorWorkerService),
  '/graphiql/worker-graphql.js': asset(javascript, ({ graphqlWorker }) => graphqlWorker),
  '/graphiql/worker-json.js': asset(javascript, ({ jsonWorker }) => jsonWorker),
}

/** Leads a browser that opens /graphql to GraphiQL, with the query of its address. */
export const graphiqlForBrowsers: Plugin = {
  onRequest({ request, url, fetchAPI, endResponse }) {
    if (!shouldRenderGraphiQL(request)) return
    endResponse(new fetchAPI.Response(null, { status: 302, headers: { Location: `/graphiql${url.search}` } }))
  },
}

function asset(type: string, read: (assets: Assets) => string): Route {
  return async (_request, response) =>
    send(response, type, read(await import('@graphql-yoga/render-graphiql/graphiql')))
}

function send(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy }).end(text)
}
