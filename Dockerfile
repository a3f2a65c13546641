# Bienvenue in a container. Build: docker build -t bienvenue .
# compose.yaml shows how it is run.

FROM node:24.21-slim AS build
WORKDIR /bienvenue
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build
# Nothing is downloaded again, so all versions are those of the lockfile.
RUN npm prune --omit=dev --no-audit --no-fund \
    && rm -rf node_modules/typescript node_modules/@typescript
# The compile cache is created as the user that runs the service, then made read-only.
RUN install --directory --owner=node .compile-cache \
    && setpriv --reuid=node --regid=node --clear-groups node scripts/compile-cache.mjs \
    && chown --recursive root:root .compile-cache \
    && chmod --recursive a+rX .compile-cache

FROM node:24.21-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATABASE_URL=sqlite:/data/bienvenue.sqlite
WORKDIR /bienvenue
COPY --from=build /bienvenue/package.json ./
COPY --from=build /bienvenue/node_modules node_modules
COPY --from=build /bienvenue/schema schema
COPY --from=build /bienvenue/dist dist
COPY --from=build /bienvenue/.compile-cache .compile-cache
RUN install --directory --owner=node --group=node --mode=0700 /data
# Numeric, so that Kubernetes can verify runAsNonRoot: the user `node` of the base image.
USER 1000:1000
VOLUME /data
EXPOSE 4000
# Liveness only. /readyz is for the proxy: an unreachable database does not make the container unhealthy.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD \
  ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/cli/bienvenue.js", "serve"]
