FROM node:24-slim AS pages
WORKDIR /app
COPY package.json package-lock.json schema.graphql ./
COPY packages/stripe-sandbox/package.json packages/stripe-sandbox/
COPY web ./web
# Builds the pages.
RUN npm ci --omit=optional

FROM node:24-slim
WORKDIR /app
# The image has Node already, and DATABASE_URL names a PostgreSQL: neither is installed again.
COPY package.json package-lock.json ./
COPY packages/stripe-sandbox/package.json packages/stripe-sandbox/
COPY web ./web
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY catalogs ./catalogs
COPY src ./src
# The test space pays with it.
COPY packages/stripe-sandbox/src packages/stripe-sandbox/src
COPY --from=pages /app/dist/pages ./dist/pages
RUN install -d -o node -g node /data /compiled
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data NODE_COMPILE_CACHE=/compiled
USER node
# Compiles the gateway for all its starts. Node reads what the same user has compiled.
RUN ["node", "--input-type=module", "--eval", "await import('./src/app.ts')"]
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=60s --interval=10s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
